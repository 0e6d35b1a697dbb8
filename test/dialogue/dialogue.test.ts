/** Every dialogue script of this folder, spoken with a relay whose next hop is a sink. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { testScripts } from '../support/dialogue.ts'
import { matches } from '../support/dialogue-script.ts'
import { officeWith, type RunningRelay, startRelay } from '../support/relay.ts'
import { type Sink, startSink } from '../support/sink.ts'
import type { Transaction } from '../support/sink-script.ts'
import { waitFor } from '../support/wait.ts'

testScripts(join(import.meta.dirname), async (test, settings) => {
  const sink = await startSink(test)
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }]
  const relay = await startRelay(test, { ...officeWith(settings), delivery: { routes } })
  const expectations = new Expectations(relay, sink)
  const secure = relay.relay.listeners.some(({ encryption }) => encryption === 'tls')
  return {
    plain: relay.endpoint(relay.relay.listeners[0]?.encryption),
    ...(secure && { tls: relay.endpoint('tls') }),
    expect: (words, block) => expectations.check(words, block),
  }
})

/** What a script's `expect` can ask; README.md tells of it. */
class Expectations {
  readonly #relay: RunningRelay
  readonly #sink: Sink
  readonly #seen = new Set<Transaction>()
  /** The message looked at last. */
  #current: Transaction | undefined

  constructor(relay: RunningRelay, sink: Sink) {
    this.#relay = relay
    this.#sink = sink
  }

  async check(words: string, block: Buffer | undefined): Promise<void> {
    const [, pattern] = /^received (.*)$/.exec(words) ?? []
    const [, sessions] = /^(\d+) sessions$/.exec(words) ?? []
    if (words === 'message') await this.#message(linesOf(block))
    else if (words === 'content') assert.equal(this.#parts().content, block?.toString('latin1'))
    else if (words === 'no message') await this.#noMessage()
    else if (pattern !== undefined) this.#received(pattern)
    else if (sessions !== undefined) await this.#relay.waitForSessions(Number(sessions))
    else throw new Error(`nobody knows how to expect ${words}`)
  }

  /** One more at the sink with these MAIL and RCPT lines, in whatever order they came. */
  async #message(expected: readonly string[]): Promise<void> {
    await this.#emptyQueue()
    const unseen = this.#sink.received.filter(one => !this.#seen.has(one))
    this.#current = unseen.find(one => isAsExpected(one, expected))
    if (!this.#current) assert.deepEqual(unseen.map(envelopeOf), [expected])
    else this.#seen.add(this.#current)
  }

  async #noMessage(): Promise<void> {
    await this.#emptyQueue()
    const unseen = this.#sink.received.filter(one => !this.#seen.has(one))
    assert.deepEqual(unseen.map(envelopeOf), [])
  }

  #emptyQueue(): Promise<true> {
    const isEmpty = async () => (await this.#relay.control.listQueue({})).length === 0 || undefined
    return waitFor('the queue to be empty', isEmpty)
  }

  #received(pattern: string): void {
    const { received } = this.#parts()
    assert.ok(matches(pattern, received), received)
  }

  /** Our own field, unfolded, and what is under it, byte for byte as Latin-1. */
  #parts() {
    const text = this.#current?.content.toString('latin1') ?? ''
    const [field = ''] = /^Received:.*\r\n(?:[ \t].*\r\n)*/.exec(text) ?? []
    const unfolded = field.replace(/\r\n[ \t]/g, ' ').trimEnd()
    return { received: Buffer.from(unfolded, 'latin1').toString(), content: text.slice(field.length) }
  }
}

function envelopeOf({ mail, recipients }: Transaction): string[] {
  return [mail, ...recipients]
}

function isAsExpected(transaction: Transaction, expected: readonly string[]): boolean {
  const lines = envelopeOf(transaction)
  return lines.length === expected.length && lines.every((line, at) => matches(expected[at] ?? '', line))
}

function linesOf(block: Buffer | undefined): string[] {
  return (block?.toString() ?? '').split('\r\n').filter(line => line !== '')
}
