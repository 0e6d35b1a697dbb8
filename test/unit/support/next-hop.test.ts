/** The scripted next hop itself: what it breaks off it doesn't take. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate } from '../../support/certificate.ts'
import { SmtpClient } from '../../support/client.ts'
import { makeFolder } from '../../support/folder.ts'
import { type Break, DROP, GARBAGE, RESET, startNextHop } from '../../support/next-hop.ts'

const ways: readonly Break[] = [DROP, RESET, GARBAGE]

for (const how of ways)
  for (const tls of [false, true])
    test(`a content that a hop breaks off is not taken: ${how.description}${tls ? ', over TLS' : ''}`, async t => {
      const { key, cert } = await makeCertificate(await makeFolder(t))
      const hop = await startNextHop(t, {
        midContent: () => how,
        ...(tls && { tls: { key, cert, implicit: true } }),
      })
      const client = await SmtpClient.open(t, { host: '127.0.0.1', port: hop.port }, { tls })
      await client.say('MAIL FROM:<a@b.example>', 'RCPT TO:<c@d.example>', 'DATA')
      // All at once, so that the end is there when it breaks off.
      client.send('Subject: x\r\n\r\nhello\r\n.\r\n')
      await client.end()
      await hop.until(() => hop.sockets.size === 0)
      assert.deepEqual(hop.taken, [])
    })
