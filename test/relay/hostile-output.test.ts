/** The command line's own output after strangers have said everything that could harm a terminal. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { install, portOf } from '../support/installation.ts'
import { startNextHop } from '../support/next-hop.ts'
import { waitFor } from '../support/wait.ts'

const harm = '\x1b[31mred\x1b]0;title\x07\x1b]8;;https://bad.example\x07link\x9b2J \u202egnp.exe ze\u200bro'

/** What a terminal would act on, or a person not see. */
const acting = /(?![\n\t])[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

test('no command prints a control character or one that turns or hides words', async t => {
  const words = Buffer.from(harm).toString('latin1')
  const hop = await startNextHop(t, {
    answer: command => (command.startsWith('RCPT') ? `451 4.7.1 ${words}` : undefined),
  })
  const office = await install(t)
  await office.set('localDomains', ['example.com'])
  await office.set('delivery.routes', [
    { to: ['*'], via: 'smart-host', hosts: [`127.0.0.1:${hop.port}`], encryption: 'none' },
  ])
  await office.set('smtp.access[0].comment', harm)
  const relay = await office.serve()
  const socket = connect(portOf(relay), '127.0.0.1')
  const lines = [
    `EHLO ${harm}`,
    'EHLO client.example',
    `MAIL FROM:<${harm}@x.example>`,
    'MAIL FROM:<a@example.com>',
    `RCPT TO:<${harm}>`,
    'RCPT TO:<friend@far.example>',
    'DATA',
    `Subject: ${harm}`,
    '',
    harm,
    '.',
    'QUIT',
  ]
  await once(socket, 'readable')
  socket.end(lines.map(line => `${line}\r\n`).join(''))
  assert.match(await text(socket), /queued as/)
  const list = async (...more: string[]) => (await office.try(['queue', 'list', ...more])).stdout
  await waitFor('the reply', async () => (/4\.7\.1/.test(await list()) ? true : undefined))
  const [queued] = JSON.parse(await list('--json')) as { readonly id: string }[]
  const commands = [
    ['queue', 'list'],
    ['queue', 'list', '--json'],
    ['queue', 'show', queued?.id ?? ''],
    ['queue', 'show', queued?.id ?? '', '--json'],
    ['log'],
    ['log', '--json'],
    ['send-test', '--to', 'friend@far.example'],
    ['settings', 'get', 'smtp.access'],
    ['settings', 'history'],
    ['audit'],
    ['explain', '--client', '127.0.0.1', '--to', `${harm}@x.example`],
    ['user', 'remove', harm],
    [harm],
  ]
  let said = ''
  for (const command of commands) {
    const { stdout, stderr } = await office.try(command)
    assert.doesNotMatch(stdout + stderr, acting, command.join(' '))
    said += stdout
  }
  // It was there to be printed.
  assert.match(said, /gnp\.exe/)
  assert.match(harm, acting)
  await relay.end()
  assert.doesNotMatch(relay.output, acting)
})
