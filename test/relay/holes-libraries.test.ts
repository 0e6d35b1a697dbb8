/** Known holes, libraries: nothing in mail or settings makes nodemailer read a file, ask for an address or start a program. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SmtpClient } from '../support/client.ts'
import { atEnd } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { officeWith, startRelay } from '../support/relay.ts'
import { startSink } from '../support/sink.ts'
import { startWire } from '../support/wire.ts'

const root = join(import.meta.dirname, '../..')
const SECRET = 'words-of-a-file-that-nobody-may-read'

interface Bait {
  readonly file: string
  readonly address: string
  /** What was asked for. */
  readonly asked: readonly string[]
}

/** A file and a web server that nothing should touch. */
async function layBait(test: TestContext): Promise<Bait> {
  const file = join(await makeFolder(test), 'secret.txt')
  await writeFile(file, SECRET)
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end(SECRET)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(test, () => void server.close())
  const at = server.address()
  if (at === null || typeof at === 'string') throw new Error('it has no port')
  return { file, address: `http://127.0.0.1:${at.port}/secret`, asked }
}

/** As nodemailer's message object would take it, in whatever part of a message a writer can choose. */
function letters({ file, address }: Bait): readonly string[] {
  const objects = [{ path: file }, { href: address }, { raw: { path: file } }, { raw: { href: address } }]
  const texts = objects.map(object => JSON.stringify(object))
  return [
    ...texts,
    `Subject: ${file}\r\nattachments: [{"path":"${file}"}]\r\nhtml: {"href":"${address}"}\r\n\r\n${file}`,
    `Content-Type: message/external-body; access-type=local-file; name="${file}"\r\n\r\n`,
    `Content-Type: message/external-body; access-type=URL; URL="${address}"\r\n\r\n`,
    `X-Attachment: data:text/plain,x\r\n\r\n<img src="${address}"> file://${file} \${${file}} \`cat ${file}\` @${file}`,
  ]
}

test('a message is bytes: what it names is neither read nor asked for, and arrives as it was written', async t => {
  const bait = await layBait(t)
  const sink = await startSink(t)
  const wire = await startWire(t, sink)
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [wire.address], encryption: 'none' }]
  const relay = await startRelay(t, { delivery: { routes, copyBouncesToPostmaster: true } })
  const client = await SmtpClient.open(t, relay.endpoint())
  await client.ask('EHLO client.example')
  for (const [at, letter] of letters(bait).entries()) {
    const lines = ['MAIL FROM:<a@client.example>', 'RCPT TO:<b@elsewhere.example>', 'DATA']
    for (const line of lines) assert.match(await client.ask(line), /^[23]5\d /)
    assert.match(await client.ask(`${letter}\r\n.`), /^250 /)
    await sink.waitForMail(at + 1)
    assert.ok(sink.received[at]?.content.toString().endsWith(`${letter}\r\n`))
  }
  // A report quotes the message, too.
  sink.reply = ({ stage, line }) =>
    stage === 'rcpt' && line.includes('b@') ? `550 5.1.1 ${bait.file}` : undefined
  const count = sink.received.length
  for (const line of ['MAIL FROM:<a@client.example> RET=FULL', 'RCPT TO:<b@elsewhere.example>', 'DATA'])
    assert.match(await client.ask(line), /^[23]5\d /)
  assert.match(await client.ask(`${letters(bait)[0]}\r\n.`), /^250 /)
  await sink.waitForMail(count + 1)
  assert.deepEqual(bait.asked, [])
  assert.ok(!wire.sent().includes(SECRET))
})

test('settings hold texts where addresses, hosts and names belong, and no object or address is taken there', async t => {
  const bait = await layBait(t)
  const relay = await startRelay(t)
  const objects = [{ path: bait.file }, { href: bait.address }, { raw: { path: bait.file } }]
  for (const object of objects) {
    const hop = { to: ['*'], via: 'smart-host', hosts: ['127.0.0.1:25'] }
    const changes: object[] = [
      { hostname: object },
      { aliases: { 'x@example.com': [object] } },
      { users: [{ name: 'fred', addresses: [object] }] },
      { delivery: { routes: [{ ...hop, hosts: [object] }] } },
      { delivery: { routes: [{ ...hop, trust: object }] } },
      { delivery: { routes: [{ ...hop, sendAs: object }] } },
      { delivery: { routes: [{ ...hop, ...object }] } },
      { delivery: { routes: [{ ...hop, proxy: bait.address }] } },
      { delivery: { routes: [{ ...hop, hosts: [bait.address] }] } },
      { delivery: { routes: [{ ...hop, trust: bait.address }] } },
      { delivery: { alerts: { mailTo: [object] } } },
    ]
    for (const change of changes) {
      const problems = await relay.control.checkSettings(JSON.stringify(officeWith(change)))
      assert.ok(problems.length > 0, JSON.stringify(change))
    }
  }
  assert.deepEqual(bait.asked, [])
})

test('of nodemailer only its SMTP client and its hash of bodies are used, not what composes or fetches', () => {
  const used = ['app', 'main', 'renderer'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => /\.tsx?$/.test(name))
      .flatMap(name => {
        const text = readFileSync(join(root, folder, name), 'utf8')
        return [...text.matchAll(/(?:from|import|require)\s*\(?\s*'(nodemailer[^']*)'/g)].map(
          ([, module]) => `${join(folder, name)}: ${module}`,
        )
      }),
  )
  assert.deepEqual(used.sort(), [
    'app/delivery/client.ts: nodemailer/lib/smtp-connection',
    'app/delivery/signer.ts: nodemailer/lib/dkim/relaxed-body',
  ])
})
