/** Refusals as they come back to be explained: events of the log, which arrive as unknown. */
import * as z from 'zod'
import type { Refusal } from './why.ts'

/** At most so many at once: no list shows more. */
const MOST_REFUSALS = 1000

const text = z.string().max(100_000)
const reply = z.object({ code: z.int(), status: text, text })
const time = z.number()
const session = { time, session: text, client: text }
const user = text.exactOptional()
const list = z.enum(['service', 'global']).nullable()
const row = z.int().min(1).nullable()

const refusal: z.ZodType<Refusal> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('recipient-refused'),
    ...session,
    user,
    from: text,
    to: text,
    reply,
    list,
    row,
  }),
  z.object({
    kind: z.literal('message-refused'),
    ...session,
    user,
    from: text,
    to: z.array(text).exactOptional(),
    gone: text.exactOptional(),
    reply,
  }),
  z.object({
    kind: z.literal('connection-refused'),
    ...session,
    reply,
    list: list.exactOptional(),
    row: row.exactOptional(),
    blocked: text.exactOptional(),
  }),
  z.object({ kind: z.literal('session-refused'), ...session, user, reply }),
  z.object({ kind: z.literal('logon-failed'), ...session, user: text, reply }),
  z.object({ kind: z.literal('tls-failed'), ...session, text }),
  z.object({
    kind: z.literal('blocked'),
    time,
    address: text,
    points: z.number(),
    until: z.number(),
    why: text,
  }),
])

export const refusals = z.array(refusal).max(MOST_REFUSALS)
