/** The wire between the control socket's two ends: birpc's messages as JSON, one a line, each checked before use. */
import type { Socket } from 'node:net'
import type { ChannelOptions } from 'birpc'
import * as z from 'zod'
import type { Event } from '../log/event.ts'
import type { Control } from './control.ts'
import { Intake, type IntakeLimits } from './intake.ts'
import { Lines, longestLine } from './lines.ts'
import { sentenceOf } from './sentence.ts'

/** What the relay's end answers. */
export interface RelayEnd extends Control {
  /** From now on every event is sent to this connection. */
  subscribe(): Promise<void>
}

/** What the asking end takes. */
export interface AskingEnd {
  event(event: Event): void
}

/** A call, as the relay's end accepts it; it never asks anything, so it takes no answers. */
export const callFrame = z.strictObject({
  t: z.literal('q'),
  // The library answers no call whose id is empty.
  i: z.string().min(1).max(64),
  m: z.string().max(64),
  a: z.array(z.unknown()),
  o: z.boolean().optional(),
})

/** An answer or an event, as the asking end accepts it. */
export const answerFrame = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('s'), i: z.string(), r: z.unknown().optional(), e: z.string().optional() }),
  z.strictObject({
    t: z.literal('q'),
    m: z.literal('event'),
    a: z.tuple([z.looseObject({ kind: z.string(), time: z.number() })]),
  }),
])

export const cutOff = 'The relay ended the connection before it answered; look in its log for the reason.'

/** The socket as birpc takes it; it is destroyed at the first line that isn't of `frame`. */
export function openWire(socket: Socket, frame: z.ZodType, limits: IntakeLimits): ChannelOptions {
  const lines = new Lines()
  return {
    serialize: (message: object) => encode(message),
    post: (line: Buffer) => {
      if (socket.destroyed) throw new Error(cutOff)
      socket.write(line)
    },
    on: take => {
      // The library's promise: it resolves when the answer is written.
      const intake = new Intake(socket, line => take(checked(frame, JSON.parse(line))), limits)
      socket.on('data', (bytes: Buffer) => {
        try {
          intake.push(lines.push(bytes))
        } catch {
          socket.destroy()
        }
      })
    },
  }
}

/** An event as the asking end takes it. */
export function eventLine(event: Event): Buffer {
  return encode({ t: 'q', m: 'event', a: [event] })
}

/** The message as it came: a parsed copy would have its keys in another order. */
function checked(frame: z.ZodType, message: unknown): unknown {
  frame.parse(message)
  return message
}

/** Errors cross as a sentence: JSON would make `{}` of them, and their stack is nobody's business. */
function encode(message: object): Buffer {
  const failed = 'e' in message && message.e !== undefined
  const json = JSON.stringify(failed ? { ...message, e: sentenceOf(message.e) } : message)
  const line = Buffer.from(`${json}\n`)
  if (line.length > longestLine) throw new Error('There is too much to send at once; ask for less.')
  return line
}
