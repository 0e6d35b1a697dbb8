/** The document's whole procedure, clicked through in the window, then proved by real mail from everywhere it speaks of. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Ending } from '../support/ending.ts'
import { type Sink, startSink } from '../support/sink.ts'
import { type SwaksResult, swaks } from '../support/swaks.ts'
import { makeDesk } from './app.ts'
import { addRow, apply, choose, draftBar, openPage, openTab, tick, until, write } from './hands.ts'
import { inMailbox, letter } from './letter.ts'

const users = ['support', 'webmaster', 'fred']
const passwordOf = (user: string) => `correct horse of ${user}`

/** Everything that the procedure sets stands otherwise before it. */
function before(sink: Sink): unknown {
  return {
    ...{ users: [], localNetworks: 'auto', routers: 'auto' },
    delivery: { routes: [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }] },
    smtp: {
      listeners: [{ address: '127.0.0.1', port: 0, encryption: 'starttls' }],
      authentication: 'disabled',
      internalMailWithoutAuthentication: false,
      plaintextAuthentication: 'never',
      antiRelay: 'authenticated-users',
      access: [],
    },
  }
}

async function addUsers(page: Page): Promise<void> {
  await openPage(page, 'Users')
  for (const user of users) {
    await page.getByRole('button', { name: 'Add user' }).first().click()
    await write(page, 'Name', user)
    await write(page, 'Addresses', `${user}@example.com`)
    await write(page, 'Password', passwordOf(user))
  }
}

async function followDocument(page: Page): Promise<void> {
  await openPage(page, 'SMTP')
  await choose(page, /^Required/)
  await tick(page, /^Do not require SMTP authentication for internal\/incoming mail/)
  await choose(page, /^Check Client IP Address/)
  await openTab(page, 'IP Access Restrictions')
  await addRow(page, 1, { restrict: 'Block', type: 'Routers' })
  await addRow(page, 2, { type: 'Local Nets', unauth: true })
  await addRow(page, 3, { type: 'Any', users: ['support', 'webmaster'] })
}

/** Where the office is in this test: all on this machine. */
async function writeNetworks(page: Page): Promise<void> {
  await openTab(page, 'Advanced')
  for (const [name, value] of [
    ['Local Nets', '127.0.1.0/24'],
    ['Routers', '127.0.1.1'],
  ] as const) {
    await page.getByRole('radiogroup', { name }).getByText('Written by hand').click()
    await write(page, `${name}, by hand`, value)
  }
}

const office = '127.0.1.50'
const router = '127.0.1.1'
const internet = '127.0.9.9'
const outside = 'friend@elsewhere.example'

/** From, logged on as, to, and what is answered: the document's table. */
const table: readonly (readonly [string, string, string, RegExp])[] = [
  [office, '', outside, /250 2/],
  [office, 'fred', outside, /250 2/],
  [router, '', outside, /550 5\.7\.1/],
  [router, 'support', outside, /550 5\.7\.1/],
  [router, '', 'support@example.com', /250 2/],
  [internet, '', outside, /530 5\.7\.0/],
  [internet, 'support', outside, /250 2/],
  [internet, 'webmaster', outside, /250 2/],
  [internet, 'fred', outside, /550 5\.7\.1/],
  [internet, '', 'fred@example.com', /250 2/],
  [internet, '', 'nobody@example.com', /550 5\.1\.1/],
]

interface Sent extends SwaksResult {
  readonly name: string
}

async function send(t: Ending, port: number, at: number, client: string, user: string, to: string) {
  const name = `letter-${at + 1}`
  const login =
    user === '' ? {} : { login: { user, password: passwordOf(user) }, encryption: 'starttls' as const }
  const from = `${user || 'somebody'}@${user ? 'example.com' : 'sender.example'}`
  const data = letter(name)
  return { name, ...(await swaks(t, { port, from, to: [to], localInterface: client, data, ...login })) }
}

/** The answer to RCPT, which is the last before DATA or QUIT. */
function answerTo({ transcript }: Sent): string {
  return /-> RCPT TO.*\n<[-~*]*\s+(.*)/.exec(transcript)?.[1] ?? transcript
}

async function mailbox(folder: string, user: string): Promise<Buffer[]> {
  const box = join(folder, 'mail', user, 'new')
  const names = await readdir(box).catch(() => [])
  return Promise.all(names.sort().map(name => readFile(join(box, name))))
}

/** What stands above the letter itself. */
function headOf(stored: Buffer, own: Buffer): string {
  assert.ok(stored.subarray(-own.length).equals(own), `${stored}`)
  return stored.subarray(0, -own.length).toString()
}

test('the document, clicked through, lets the mail in that it says, and none else', async t => {
  const sink = await startSink(t)
  const desk = await makeDesk(t, { settings: before(sink) })
  const app = await desk.launch()
  const page = await app.page()
  const port = await app.port()
  const early = await swaks(t, { port, from: 'a@b.example', to: [outside], localInterface: office })
  assert.notEqual(early.code, 0, early.transcript)

  await addUsers(page)
  await followDocument(page)
  await writeNetworks(page)
  await draftBar(page).getByRole('button', { name: 'Review' }).click()
  const review = page.getByRole('dialog', { name: 'What will change' })
  await review.getByText('SMTP Authentication: Disabled → Required').waitFor()
  await review
    .getByText(/support and webmaster can send to addresses outside after logging on, from/)
    .waitFor()
  await page.keyboard.press('Escape')
  await apply(page)

  assert.equal((await app.control.history()).length, 1)
  const settings = JSON.parse(await readFile(join(desk.folder, 'settings.json'), 'utf8'))
  assert.equal(settings.smtp.authentication, 'required')
  assert.equal(settings.smtp.access.length, 3)
  assert.equal(await app.port(), port, 'the port stayed open')

  const sent: Sent[] = []
  for (const [at, [client, user, to]] of table.entries()) sent.push(await send(t, port, at, client, user, to))
  for (const [at, [client, user, to, expected]] of table.entries()) {
    const one = sent[at]
    assert.ok(one)
    assert.match(answerTo(one), expected, `${client} as ${user || 'nobody'} to ${to}: ${one.transcript}`)
    assert.equal(one.code === 0, expected.source.startsWith('250'), one.transcript)
  }

  const out = ['letter-1', 'letter-2', 'letter-7', 'letter-8']
  await sink.waitForMail(out.length)
  await until('the queue to be empty', async () => (await app.control.status()).queue.messages === 0)
  const arrived = sink.received.toSorted((a, b) => subjectOf(a.content) - subjectOf(b.content))
  assert.deepEqual(
    arrived.map(({ content }) => `letter-${subjectOf(content)}`),
    out,
  )
  for (const { content, recipients } of arrived) {
    const head = headOf(content, letter(`letter-${subjectOf(content)}`))
    assert.match(head, /^Received: from \S+[\s\S]*?\r\n$/)
    assert.equal(head.match(/^[A-Z]/gm)?.length, 1, head)
    assert.deepEqual(recipients, [`RCPT TO:<${outside}>`])
  }
  for (const [user, name] of [
    ['support', 'letter-5'],
    ['fred', 'letter-10'],
  ] as const) {
    const [stored, ...others] = await mailbox(desk.folder, user)
    assert.ok(stored && others.length === 0)
    const head = headOf(stored, inMailbox(letter(name)))
    assert.match(head, /^Return-Path: <somebody@sender\.example>\n(?:[\w-]+: .*\n)*Received: from /)
  }
  assert.deepEqual(await mailbox(desk.folder, 'webmaster'), [])
})

function subjectOf(content: Buffer): number {
  return Number(/^Subject: letter-(\d+)/m.exec(content.toString('latin1'))?.[1])
}
