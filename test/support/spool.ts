/** Messages and spools for tests. */

import { readFile } from 'node:fs/promises'
import type { SpoolLimits } from '../../app/queue/limits.ts'
import type { Message, RecipientState } from '../../app/queue/message.ts'
import { Spool } from '../../app/queue/spool.ts'
import type { Ending } from './ending.ts'
import { atEnd } from './ending.ts'

export const waiting: RecipientState = { kind: 'waiting', attempts: 0, next: 0 }
export const held: RecipientState = { kind: 'held', attempts: 1, by: 'person', why: 'held by hand' }
export const delivered: RecipientState = {
  kind: 'delivered',
  at: 2,
  reply: { code: 250, status: '2.0.0', text: 'ok' },
}

/** So small that a few messages fill segments and get them cleared away. */
export const tiny: SpoolLimits = { segmentBytes: 2048, slackBytes: 2048, freshBytes: 256 }

export function messageOf(id: string, size: number, recipients = 1): Message {
  const addresses = Array.from({ length: recipients }, (_, index) => ({ address: `r${index}@example.com` }))
  return {
    id,
    received: 1,
    size,
    envelope: { reversePath: 'a@example.com', recipients: addresses, body: '8bitmime', smtpUtf8: false },
    origin: { client: '127.0.0.1' },
    states: addresses.map(() => waiting),
    warned: false,
  }
}

/** A spool that is closed when the test ends, and all it reported. */
export async function openSpool(
  test: Ending,
  folder: string,
  limits?: SpoolLimits,
): Promise<{ spool: Spool; reports: string[]; close: () => Promise<void> }> {
  const reports: string[] = []
  const spool = await Spool.open(folder, sentence => reports.push(sentence), limits)
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= spool.close()
    return closing
  }
  atEnd(test, () => close().catch(() => {}))
  return { spool, reports, close }
}

/** Commits a message with this content; resolves when it is on disk. */
export async function commit(spool: Spool, message: Message, content: Buffer): Promise<void> {
  const incoming = spool.receive(message.id)
  try {
    await incoming.write(content)
    await spool.commit(message, incoming)
  } catch (error) {
    await incoming.discard()
    throw error
  }
}

/** One state for a message's recipient. */
export function states(state: RecipientState, index = 0): Map<number, RecipientState> {
  return new Map([[index, state]])
}

export async function readContent(spool: Spool, id: string): Promise<Buffer> {
  const content = await spool.content(id)
  if (content.kind === 'bytes') return content.bytes
  return readFile(content.path)
}
