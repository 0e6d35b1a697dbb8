/** A user's day: an account by command, mail from outside through a real Postfix, a stranger, a Postfix that stops. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { endOfSuite } from '../support/ending.ts'
import { type Installation, install, portOf } from '../support/installation.ts'
import { type Postfix, startPostfix } from '../support/postfix.ts'
import { type Process, runProcess } from '../support/process.ts'
import { type SwaksOptions, swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'

const outside = '127.9.9.9'
const office = '127.1.1.50'
const login = { user: 'support', password: 'pass phrase of the day' }
const from = 'support@example.com'
const friend = 'friend@elsewhere.example'

/** What gets lost on a careless way: dots, blanks at the end, 8-bit, a long line, an old Received, folding. */
const message = [
  'Received: from old.example by older.example; Thu, 1 Jan 2026 00:00:00 +0000',
  `From: Support <${from}>`,
  `To: ${friend}`,
  'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
  'X-Folded: one',
  '\ttwo   ',
  'bcc: hidden@elsewhere.example',
  '',
  '.',
  '..two dots',
  'a blank behind ',
  'Grüße, ünïcode',
  randomBytes(490).toString('hex'),
  'From the start of a line',
  '',
  '',
  '',
].join('\r\n')

interface Queued {
  readonly id: string
  readonly states: readonly {
    readonly kind: string
    readonly attempts: number
    readonly reply?: { readonly code: number; readonly text: string }
  }[]
}

describe("a user's day", () => {
  const suite = endOfSuite()
  let postfix: Postfix
  let postern: Installation
  let relay: Process
  let port: number

  const send = (options: Partial<SwaksOptions>) =>
    swaks(suite, { port, from, to: [friend], localInterface: outside, encryption: 'starttls', ...options })
  const queue = async () => (await postern.facts('queue', 'list')) as readonly Queued[]
  const log = (match: string) => postern.run(['log', '--match', match])

  before(async () => {
    // It would take out Bcc and the like; here nothing may be missing.
    postfix = await startPostfix(suite, { settings: { message_drop_headers: '' } })
    postern = await install(suite)
    await postern.set('localDomains', ['example.com'])
    await postern.set('localNetworks', ['127.1.1.0/24'])
    await postern.set('routers', ['127.1.1.1'])
    await postern.set('smtp.authentication', 'required')
    await postern.set('smtp.access[1].withoutAuthentication', true)
    await postern.set('smtp.access[2]', { action: 'allow', from: 'any', users: ['support'] })
    relay = await postern.serve()
    port = portOf(relay)
  })

  test('the smart host is named, and its password kept, by commands', async () => {
    await postern.run(['secret', 'set', 'provider'], 'secret\n')
    const route = {
      to: ['*'],
      via: 'smart-host',
      hosts: [postfix.address],
      encryption: 'starttls-required',
      login: { method: 'password', user: 'office', secret: 'provider' },
      trust: postfix.certificate.caFile,
    }
    assert.match(
      await postern.set('delivery.routes', [route]),
      /^delivery\.routes\[0\]: added \* via smart-host /,
    )
    assert.match(await postern.run(['doctor']), /^ok +route 1: .* answers and lets us log on\.$/m)
    assert.doesNotMatch(await postern.text('settings.json'), /"secret"$/m)
  })

  test('an account is made by a command, and can log on at once', async () => {
    const words = ['user', 'add', login.user, '--address', from, '--password-stdin']
    assert.equal(await postern.run(words, `${login.password}\n`), 'users: added support\n')
    const { transcript } = await send({ login, more: ['--quit-after', 'AUTH'] })
    assert.match(transcript, /235 2\.7\.0/)
    const [user] = (await postern.facts('user', 'list')) as { name: string; hasPassword: boolean }[]
    assert.deepEqual([user?.name, user?.hasPassword], ['support', true])
  })

  for (const mechanism of ['PLAIN', 'LOGIN'] as const) {
    test(`its mail from outside, over STARTTLS and AUTH ${mechanism}, arrives byte for byte`, async () => {
      const count = (await postfix.received()).length
      const sent = await send({ login: { ...login, mechanism }, data: message })
      assert.equal(sent.code, 0, sent.transcript)
      assert.match(sent.transcript, /250 2\.0\.0 Ok: queued as \w+/)
      const arrived = (await postfix.waitForMail(count + 1)).at(-1)
      assert.equal(arrived?.reversePath, from)
      assert.equal(arrived.recipient, friend)
      const text = arrived.content.toString('latin1')
      const end = text.length - Buffer.from(message).length
      assert.equal(text.slice(end), Buffer.from(message).toString('latin1'))
      // Our own field stands in front, alone, and names neither the account nor its password.
      const field = text.slice(0, end)
      assert.match(
        field,
        /^Received: from swaks\.example \(\[127\.9\.9\.9\]\) by \S+ with ESMTPSA\r\n(?:[ \t].*\r\n)+$/,
      )
      assert.doesNotMatch(field, /support|pass phrase/)
      assert.deepEqual(await queue(), [])
    })
  }

  test("the certificate is our own, made at the first start for this host's name", async () => {
    const own = join(postern.folder, 'tls', 'cert.pem')
    const connect = (caFile: string, name: string) =>
      runProcess(
        suite,
        [
          ...['openssl', 's_client', '-starttls', 'smtp', '-connect', `127.0.0.1:${port}`],
          ...['-CAfile', caFile, '-verify_return_error', '-verify_hostname', name],
        ],
        { input: 'QUIT\r\n' },
      )
    const hostname = await postern.hostname()
    assert.equal((await connect(own, hostname)).code, 0)
    assert.notEqual((await connect(own, 'other.example')).code, 0)
    assert.notEqual((await connect(postfix.certificate.caFile, hostname)).code, 0)
    const sent = await send({ login, caFile: own, more: ['--quit-after', 'AUTH'] })
    assert.equal(sent.code, 0, sent.transcript)
  })

  test('a stranger is told to log on, a known one who may not is told no, and neither gets in', async () => {
    const count = (await postfix.received()).length
    const stranger = await send({ from: 'stranger@far.example' })
    assert.equal(stranger.code, 24)
    assert.match(stranger.transcript, /530 5\.7\.0 /)
    await postern.run(['user', 'add', 'fred', '--address', 'fred@example.com', '--password-stdin'], 'of fred')
    const fred = await send({ login: { user: 'fred', password: 'of fred' }, from: 'fred@example.com' })
    assert.match(fred.transcript, /550 5\.7\.1 /)
    const router = await send({ localInterface: '127.1.1.1', login })
    assert.match(router.transcript, /550 5\.7\.1 /)
    assert.doesNotMatch(router.transcript, /530|[Ll]og on first/)
    const refusals = await log('recipient-refused')
    assert.match(
      refusals,
      /127\.9\.9\.9 must log on first to send from stranger@far\.example to friend.*: 530 5\.7\.0 .*\(row 3 /,
    )
    assert.match(
      refusals,
      /127\.9\.9\.9 \(fred\) may not relay .*: 550 5\.7\.1 .*\(row 3 of the service list\)/,
    )
    assert.match(refusals, /127\.1\.1\.1 \(support\) may not relay .*: 550 5\.7\.1 .*\(row 1 /)
    assert.equal((await postfix.received()).length, count)
    assert.deepEqual(await queue(), [])
  })

  test('a wrong password lets nobody in, and is logged without it', async () => {
    const sent = await send({ login: { ...login, password: 'wr0ng guess' } })
    assert.equal(sent.code, 28)
    assert.match(sent.transcript, /535 5\.7\.8 /)
    assert.match(await log('logon-failed'), /127\.9\.9\.9 could not log on as support: 535 5\.7\.8/)
    assert.doesNotMatch(await log(''), /wr0ng/)
  })

  test('a password in the clear is not even asked for outside', async () => {
    const { encryption: _, ...clear } = { encryption: 'starttls' }
    const sent = await swaks(suite, { port, from, to: [friend], localInterface: outside, login, ...clear })
    assert.equal(sent.code, 28, sent.transcript)
    assert.doesNotMatch(sent.transcript, / -> AUTH/)
  })

  test('the office sends without logging on', async () => {
    const count = (await postfix.received()).length
    const sent = await send({ localInterface: office, from: 'printer@example.com' })
    assert.equal(sent.code, 0, sent.transcript)
    assert.equal((await postfix.waitForMail(count + 1)).at(-1)?.reversePath, 'printer@example.com')
  })

  test('incoming mail goes to the mailbox, whole', async () => {
    const sent = await send({ from: 'stranger@far.example', to: [from], data: message })
    assert.equal(sent.code, 0, sent.transcript)
    const [mail] = await waitFor('the mail in its mailbox', async () => {
      const found = await postern.mailbox('support')
      return found.length > 0 ? found : undefined
    })
    assert.ok(mail !== undefined)
    assert.ok(mail.endsWith(Buffer.from(message).toString('latin1').replaceAll('\r\n', '\n')), mail)
    assert.match(
      mail,
      /^Return-Path: <stranger@far\.example>\nDelivered-To: support@example\.com\nReceived: /,
    )
    const nobody = await send({ from: 'stranger@far.example', to: ['nobody@example.com'] })
    assert.match(nobody.transcript, /550 5\.1\.1 /)
  })

  test('send-test shows the dialogue with Postfix, without the password', async () => {
    const said = await postern.run(['send-test', '--to', 'me@elsewhere.example'])
    assert.match(said, /^S: 220 smarthost\.example/m)
    assert.match(said, /^C: STARTTLS$/m)
    assert.match(said, /^C: MAIL FROM:<postmaster@example\.com>/m)
    assert.match(said, /^delivered by 127\.0\.0\.1:\d+: 250 2\.0\.0 /m)
    assert.doesNotMatch(said, new RegExp(`${Buffer.from('\0office\0secret').toString('base64')}|secret`))
  })

  test('while Postfix is stopped mail waits with a clear reply, and goes when it is back', async () => {
    const count = (await postfix.received()).length
    await postfix.stop()
    for (const body of ['one', 'two', 'three']) {
      const sent = await send({ login, data: `Subject: ${body}\r\n\r\n${body}\r\n` })
      assert.equal(sent.code, 0, sent.transcript)
    }
    const waiting = await waitFor('three messages that wait', async () => {
      const found = await queue()
      return found.length === 3 && found.every(({ states }) => states[0]?.reply) ? found : undefined
    })
    assert.ok(waiting.every(({ states }) => states[0]?.kind === 'waiting'))
    const table = await postern.run(['queue', 'list'])
    assert.match(table, /friend@elsewhere\.example +waiting +1 +in \d+[sm] +4\d\d 4\.\d\.\d .*refused/)
    assert.match(await log('deferred'), /must wait until .*: 127\.0\.0\.1:\d+ refused the connection: check /)
    const test = await postern.try(['send-test', '--to', friend])
    assert.equal(test.code, 1)
    assert.match(test.stdout, /^not delivered: 127\.0\.0\.1:\d+ refused the connection: check /m)

    const [first] = waiting
    await postern.run(['queue', 'hold', first?.id ?? ''])
    await postfix.start()
    await postern.run(['queue', 'retry'])
    await postfix.waitForMail(count + 3)
    await waitFor('the queue to hold one', async () => (await queue()).length === 1 || undefined)
    const [held] = await queue()
    assert.equal(held?.id, first?.id)
    assert.equal(held?.states[0]?.kind, 'held')
    assert.match(await postern.run(['queue', 'list', '--state', 'held']), /held/)
    assert.match(await postern.run(['queue', 'show', held?.id ?? '']), /^Subject: one\r?$/m)

    assert.equal(await postern.run(['queue', 'release', held?.id ?? '']), 'Released 1 message.\n')
    await postfix.waitForMail(count + 4)
    await waitFor('an empty queue', async () => (await queue()).length === 0 || undefined)
    assert.match(await postern.run(['queue', 'list']), /^The queue is empty\.$/m)
    const bodies = (await postfix.received()).slice(count).map(({ content }) => content.toString())
    for (const body of ['one', 'two', 'three'])
      assert.equal(bodies.filter(text => text.endsWith(`Subject: ${body}\r\n\r\n${body}\r\n`)).length, 1)
  })

  test('held by hand, it survives a restart, and removed it is gone for good', async () => {
    const count = (await postfix.received()).length
    await postfix.stop()
    const sent = await send({ login })
    assert.equal(sent.code, 0, sent.transcript)
    const [mail] = await queue()
    const id = mail?.id ?? ''
    assert.equal(await postern.run(['queue', 'hold', id]), 'Held 1 message.\n')
    assert.equal((await relay.end()).code, 0)
    assert.match(await postern.run(['queue', 'list']), new RegExp(`${id}.* held `))
    await postfix.start()
    relay = await postern.serve()
    port = portOf(relay)
    await postern.run(['queue', 'retry'])
    assert.equal((await queue())[0]?.states[0]?.kind, 'held')
    assert.equal(await postern.run(['queue', 'remove', id]), 'Removed 1 message.\n')
    assert.deepEqual(await queue(), [])
    assert.equal((await postern.try(['queue', 'show', id])).code, 1)
    assert.equal((await postfix.received()).length, count)
    assert.match(await log('queue-changed'), new RegExp(`${id} removed by hand`))
  })

  test('a change can be undone, and takes effect both times', async () => {
    const sends = async () => (await send({ login, more: ['--quit-after', 'RCPT'] })).transcript
    assert.match(await sends(), /250 2\.1\.5/)
    assert.match(
      await postern.set('smtp.access[2]', { action: 'block', from: 'any' }),
      /^smtp\.access\[2\]: allow any \(user support\) → block any$/m,
    )
    assert.match(await sends(), /550 5\.7\.1/)
    assert.match(await postern.run(['settings', 'undo']), /^undo: smtp\.access\[2\]: block any → allow any/)
    assert.match(await sends(), /250 2\.1\.5/)
    const history = await postern.run(['settings', 'history'])
    assert.doesNotMatch(history, /scrypt|pass phrase/)
    assert.match(history, /users: added fred/)
  })

  test('a file changed by hand is taken while it runs, or refused and left alone', async () => {
    const file = join(postern.folder, 'settings.json')
    const text = await postern.text('settings.json')
    await writeFile(file, text.replace('"maxRecipients": 100', '"maxRecipients": 2'))
    await waitFor(
      'the change',
      async () => (await log('settings-applied')).includes('by file: smtp.maxRecipients') || undefined,
    )
    const three = await send({
      login,
      to: ['a@x.example', 'b@x.example', 'c@x.example'],
      more: ['--quit-after', 'RCPT'],
    })
    assert.match(three.transcript, /452 4\.5\.3/)
    await writeFile(file, text.replace('"maxRecipients": 100', '"maxRecipients": "many"'))
    await waitFor(
      'the refusal',
      async () => (await log('settings-refused')).includes('smtp.maxRecipients') || undefined,
    )
    assert.match((await send({ login, more: ['--quit-after', 'RCPT'] })).transcript, /250 2\.1\.5/)
    assert.match(await postern.text('settings.json'), /"many"/)
    assert.match(await postern.run(['settings', 'undo']), /maxRecipients: 2 → 100/)
    assert.equal(await postern.text('settings.json'), text)
  })

  test('nothing of all this printed a stack or a secret', async () => {
    assert.doesNotMatch(relay.output, /^\s+at |pass phrase|Error:/m)
    const events = await postern.run(['log', '--json'])
    assert.doesNotMatch(events, /pass phrase|"secret"|scrypt\$/)
    assert.equal((await relay.end()).code, 0)
  })
})
