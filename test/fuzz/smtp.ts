/** Random SMTP sessions with a whole relay, from a grammar; each is read along by what the RFC says a server does. */
import assert from 'node:assert/strict'
import { startRelay } from '../support/relay.ts'
import { isAccepted, isKept } from './smtp-books.ts'
import { converse } from './smtp-client.ts'
import { cases, type SmtpCase } from './smtp-grammar.ts'
import { follow, type Told } from './smtp-model.ts'
import { targetOf } from './target.ts'

export const MOST_BYTES = 4096
export const MOST_RECIPIENTS = 5

export const smtpTarget = targetOf<SmtpCase>({
  name: 'smtp',
  cases,
  open: async ending => {
    const listeners = ['none', 'starttls', 'starttls-required', 'tls'].map(encryption => ({
      address: '127.0.0.1',
      port: 0,
      encryption,
    }))
    const relay = await startRelay(ending, {
      smtp: {
        listeners,
        maxMessageSize: MOST_BYTES,
        maxRecipients: MOST_RECIPIENTS,
        maxConnectionsPerClient: 100,
        ids: { enabled: false },
      },
      delivery: { routes: [{ to: ['*'], via: 'hold' }] },
    })
    return async given => {
      const start = relay.events.length
      const isTls = given.encryption === 'tls'
      const script = { ...given, isTls }
      const { said, saidSecured } = await converse(relay.endpoint(given.encryption), script)
      const plain = { sent: bytesOf(given.parts), said, isTls }
      const secured =
        saidSecured === undefined
          ? undefined
          : { sent: bytesOf(given.secured ?? []), said: saidSecured, isTls: true }
      const told: Told = follow(plain, secured, MOST_BYTES)
      await isAccepted(relay, given.from, told, MOST_RECIPIENTS)
      await isKept(relay, told, start)
      const kinds = relay.events.slice(start).filter(({ kind }) => kind === 'error' || kind === 'warning')
      assert.deepEqual(kinds, [])
    }
  },
})

function bytesOf(parts: readonly string[]): Buffer {
  return Buffer.from(parts.join(''), 'latin1')
}
