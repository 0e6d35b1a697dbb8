/** A server that ends: who waits for the answer to his message gets it, and nobody else holds it up. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { type Reply, reply } from '../../../app/mail/reply.ts'
import type { Dialogue, ProtocolOptions } from '../../../app/smtp/protocol.ts'
import { Server } from '../../../app/smtp/server.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { SmtpClient } from '../../support/client.ts'
import { atEnd, endOfSuite } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'

describe('a server that ends', () => {
  const suite = endOfSuite()
  let options: ProtocolOptions
  before(async () => {
    const { key, cert } = await makeCertificate(await makeFolder(suite))
    options = { hostname: 'ours.example', maxMessageSize: 10_000, ...limits, tls: { key, cert } }
  })

  for (const [name, answering, heard] of [
    ['answers a message that is in, beyond the time for those coming in', 10_000, /^250 2\.0\.0 kept$/],
    ['waits no longer than it was told', 50, /^421 4\.3\.2 /],
  ] as const) {
    test(name, async t => {
      let answer: (answered: Reply) => void = () => {}
      const content = new Promise<void>(resolve => {
        dialogue.data = async source => {
          await source.read(() => undefined)
          resolve()
          return new Promise<Reply>(done => {
            answer = done
          })
        }
      })
      let count = 0
      const enter = () => ({ id: `session${++count}` })
      const server = new Server('none', options, { enter, leave: () => {}, begin: () => dialogue })
      const { port } = await server.listen(0, '127.0.0.1', () => {})
      atEnd(t, () => answer(reply(451, '4.3.0', 'too late')))
      const coming = await SmtpClient.open(t, { host: '127.0.0.1', port })
      await coming.say('MAIL FROM:<a@b>', 'RCPT TO:<c@d>', 'DATA')
      const waiting = await SmtpClient.open(t, { host: '127.0.0.1', port })
      await waiting.say('MAIL FROM:<a@b>', 'RCPT TO:<c@d>', 'DATA')
      waiting.send('x\r\n.\r\n')
      await content
      const finished = server.finish({ receiving: 50, answering })
      assert.match(await coming.reply(), /^421 /)
      if (answering > 1000) answer(reply(250, '2.0.0', 'kept'))
      assert.match(await waiting.reply(), heard)
      await finished
    })
  }
})

const dialogue: { -readonly [Name in keyof Dialogue]: Dialogue[Name] } = {
  greet: () => reply(220, '', ''),
  greetingDelay: () => 0,
  refuseHaste: () => reply(554, '5.5.1', 'no'),
  mendsLineEnds: () => false,
  mended: () => {},
  tooMuch: () => undefined,
  authentication: () => 'not-offered',
  logOn: async () => reply(535, '5.7.8', 'no'),
  staysLoggedOn: () => false,
  mail: () => reply(250, '2.1.0', 'yes'),
  recipient: () => reply(250, '2.1.5', 'yes'),
  inTransaction: false,
  refuseData: () => undefined,
  data: async () => reply(250, '2.0.0', 'yes'),
  misbehaved: () => undefined,
  turnedDown: () => undefined,
  secured: () => {},
  reset: () => {},
}

const limits = {
  idleTimeout: 10_000,
  sessionTimeout: 60_000,
  commandTimeout: 10_000,
  dataTimeout: 10_000,
  minDataRate: 0,
}
