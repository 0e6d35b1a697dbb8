/** The asking end of the control socket. */
import { connect, type Socket } from 'node:net'
import { createBirpc } from 'birpc'
import type { Event } from '../log/event.ts'
import type { Control } from './control.ts'
import type { IntakeLimits } from './intake.ts'
import { type AskingEnd, answerFrame, cutOff, openWire, type RelayEnd } from './wire.ts'

export interface Connection {
  readonly control: Control
  /** Resolves when the relay sends events; the listener gets every one from then on. */
  events(listener: (event: Event) => void): Promise<void>
  /** Resolves when the connection has ended, from whichever side. */
  readonly closed: Promise<void>
  close(): void
}

/** Undefined when nobody listens there. Throws a sentence where this user may not open it. */
export async function connectControl(address: string): Promise<Connection | undefined> {
  const socket = await dial(address)
  return socket && converse(socket)
}

/** Always read, or both ends could wait for the other to read first. */
const ANSWERS: IntakeLimits = { lines: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

/** What the system says where no relay listens: no file, an old one, or no folder for it. */
const absent = ['ENOENT', 'ECONNREFUSED', 'ENOTDIR']

/** A connection to the address; undefined when nobody listens there. */
export function dial(address: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(address)
    const onError = (error: NodeJS.ErrnoException) => {
      if (absent.includes(error.code ?? '')) resolve(undefined)
      else reject(new Error(unreachable(address, error)))
    }
    socket.once('error', onError)
    socket.once('connect', () => {
      socket.off('error', onError)
      resolve(socket)
    })
  })
}

function unreachable(address: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return `The relay at ${address} belongs to another user; run the command as that user.`
  }
  return `The relay at ${address} can't be reached: ${error.message}.`
}

function converse(socket: Socket): Connection {
  const listeners = new Set<(event: Event) => void>()
  const here: AskingEnd = {
    event: event => {
      for (const listener of listeners) listener(event)
    },
  }
  const wire = openWire(socket, answerFrame, ANSWERS)
  const rpc = createBirpc<RelayEnd, AskingEnd>(here, {
    ...wire,
    // A test message may take a minute; how long a request may take is the relay's to say.
    timeout: -1,
    deserialize: revive,
  })
  const closed = new Promise<void>(resolve => {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      // Closing birpc itself would make it answer later calls in its own words.
      rpc.$rejectPendingCalls(({ reject }) => reject(new Error(cutOff)))
      resolve()
    })
  })
  return {
    control: rpc,
    events: listener => {
      listeners.add(listener)
      return rpc.subscribe()
    },
    closed,
    close: () => socket.destroy(),
  }
}

/** The relay's end sends errors as their sentence. */
function revive(frame: { readonly e?: unknown }): object {
  return typeof frame.e === 'string' ? { ...frame, e: new Error(frame.e) } : frame
}
