/** A long queue in a data folder, as it was left by a relay that stopped; and what a process's turns take meanwhile. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IdSource } from '../../app/queue/id.ts'
import type { Message, RecipientState } from '../../app/queue/message.ts'
import { Spool } from '../../app/queue/spool.ts'
import { commit } from './spool.ts'

const HOUR = 3_600_000

/** So many messages of 1 KiB, an hour old, all in this state, each with a recipient of its own in one of 300 domains. */
export async function fillQueue(folder: string, count: number, state: RecipientState): Promise<void> {
  const spool = await Spool.open(join(folder, 'spool'), sentence => {
    throw new Error(sentence)
  })
  const ids = new IdSource()
  const received = Date.now() - HOUR
  const content = Buffer.alloc(1024, 'content ')
  const messageOf = (number: number): Message => ({
    id: ids.next(received),
    received,
    size: content.length,
    envelope: {
      reversePath: `fred${number % 500}@local.example`,
      recipients: [{ address: `r${number}@d${number % 300}.example` }],
      body: '8bitmime',
      smtpUtf8: false,
    },
    origin: { client: '127.0.0.1' },
    states: [state],
    warned: false,
  })
  for (let start = 0; start < count; start += 1000) {
    const some = Array.from({ length: Math.min(1000, count - start) }, (_, at) => messageOf(start + at))
    await Promise.all(some.map(message => commit(spool, message, content)))
  }
  await spool.close()
}

export interface Turns {
  /** Milliseconds that the longest turn of the event loop ran, of those so far. */
  longest(): number
  stop(): void
}

/** Of this thread's time on the CPU, from Linux's /proc: other work on the machine makes a turn no longer. */
export function watchTurns(): Turns {
  let [longest, before] = [0, onCpu()]
  let next: NodeJS.Immediate
  const turn = () => {
    const now = onCpu()
    longest = Math.max(longest, now - before)
    before = now
    next = setImmediate(turn)
  }
  next = setImmediate(turn)
  return { longest: () => longest, stop: () => clearImmediate(next) }
}

/** Milliseconds. */
function onCpu(): number {
  return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[0]) / 1e6
}
