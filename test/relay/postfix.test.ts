/** The Postfix and swaks that other tests use do what those tests take for granted. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod } from 'node:fs/promises'
import { createServer } from 'node:net'
import { before, describe, test } from 'node:test'
import { endOfSuite } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type Postfix, startPostfix } from '../support/postfix.ts'
import { startProcess } from '../support/process.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'

const mail = { from: 'support@example.com', to: ['friend@elsewhere.example'] }
const login = { user: 'office', password: 'secret' }

/** Header and body with what gets lost on a careless way: dots, long and 8-bit lines, trailing blanks. */
const message = [
  'From: Support <support@example.com>',
  'To: friend@elsewhere.example',
  'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
  'Received: from elsewhere by nowhere; Thu, 1 Jan 2026 00:00:00 +0000',
  'X-Folded: one',
  '\ttwo   ',
  '',
  '.',
  '..',
  '.a dot before and a blank behind ',
  'Grüße, ünïcode',
  randomBytes(498).toString('hex'),
  '',
  'From the start of a line',
  '',
  '',
].join('\r\n')

describe('Postfix as a smart host with TLS and login', () => {
  const suite = endOfSuite()
  let postfix: Postfix
  before(async () => {
    postfix = await startPostfix(suite)
  })

  for (const mechanism of ['PLAIN', 'LOGIN'] as const) {
    test(`mail by swaks with STARTTLS and AUTH ${mechanism} arrives byte for byte`, async t => {
      const count = (await postfix.received()).length
      const { code, transcript } = await swaks(t, {
        ...mail,
        port: postfix.port,
        encryption: 'starttls',
        caFile: postfix.certificate.caFile,
        login: { ...login, mechanism },
        data: message,
      })
      assert.equal(code, 0, transcript)
      assert.match(transcript, /235 2\.7\.0/)
      const arrived = (await postfix.waitForMail(count + 1)).at(-1)
      assert.equal(arrived?.reversePath, mail.from)
      assert.equal(arrived.recipient, mail.to[0])
      assert.equal(arrived.content.toString('latin1'), Buffer.from(message).toString('latin1'))
    })
  }

  test('each recipient is delivered', async t => {
    const count = (await postfix.received()).length
    const to = ['a@one.example', 'b@two.example']
    const sent = await swaks(t, { from: '<>', to, port: postfix.port, encryption: 'starttls', login })
    assert.equal(sent.code, 0, sent.transcript)
    const arrived = (await postfix.waitForMail(count + 2)).slice(count)
    assert.deepEqual(arrived.map(({ recipient }) => recipient).sort(), to)
    assert.equal(arrived[0]?.reversePath, '')
  })

  test('a wrong password is refused', async t => {
    const wrong = { ...login, password: 'wrong' }
    const sent = await swaks(t, { ...mail, port: postfix.port, encryption: 'starttls', login: wrong })
    assert.equal(sent.code, 28)
    assert.match(sent.transcript, /535 5\.7\.8/)
  })

  test('nothing is taken without login, no login without TLS', async t => {
    const anonymous = await swaks(t, { ...mail, port: postfix.port, encryption: 'starttls' })
    assert.equal(anonymous.code, 24)
    assert.match(anonymous.transcript, /554 5\.7\.1/)
    const clear = await swaks(t, { ...mail, port: postfix.port, login })
    assert.equal(clear.code, 28)
  })

  test('it stops with nothing left, and comes back on its port', async t => {
    const count = (await postfix.received()).length
    await postfix.stop()
    const down = await swaks(t, { ...mail, port: postfix.port })
    assert.equal(down.code, 2)
    assert.match(down.transcript, /refused/)
    await postfix.start()
    const up = await swaks(t, { ...mail, port: postfix.port, encryption: 'starttls', login })
    assert.equal(up.code, 0, up.transcript)
    await postfix.waitForMail(count + 1)
  })
})

test('a port that another program holds is reported', async t => {
  const postfix = await startPostfix(t)
  await postfix.stop()
  const other = createServer().listen(postfix.port, '127.0.0.1')
  t.after(() => other.close())
  await once(other, 'listening')
  await assert.rejects(postfix.start(), /Another program holds port/)
  other.close()
  await once(other, 'close')
  await postfix.start()
})

test('it ends with the process that started it, however that ends', async t => {
  const script = `
    import { startPostfix } from './test/support/postfix.ts'
    const { port } = await startPostfix({ after() {} })
    console.log('port', port)
    setInterval(() => {}, 1000)`
  const tmp = await makeFolder(t)
  await chmod(tmp, 0o755)
  const command = [process.execPath, '--import=tsx', '--input-type=module', '-e', script]
  const child = await startProcess(t, command, { env: { TMPDIR: tmp } })
  const [, port] = await child.waitFor(/port (\d+)/)
  assert.equal((await swaks(t, { ...mail, port: Number(port), more: ['--quit-after', 'HELO'] })).code, 0)
  await child.kill()
  await waitFor('Postfix to be gone', async () => {
    const { code } = await swaks(t, { ...mail, port: Number(port), more: ['--quit-after', 'HELO'] })
    return code === 2 || undefined
  })
})

test('implicit TLS, and a certificate that does not fit', async t => {
  const postfix = await startPostfix(t, { encryption: 'tls', certificate: { names: 'DNS:other.example' } })
  const { port } = postfix
  const sent = await swaks(t, { ...mail, port, encryption: 'tls', login })
  assert.equal(sent.code, 0, sent.transcript)
  await postfix.waitForMail(1)
  const checked = await swaks(t, { ...mail, port, encryption: 'tls', login, caFile: '/etc/ssl/certs' })
  assert.equal(checked.code, 29, checked.transcript)
})

test('without TLS, open to this machine, from another loopback address', async t => {
  const postfix = await startPostfix(t, { encryption: 'none', open: true })
  const sent = await swaks(t, { ...mail, port: postfix.port, localInterface: '127.0.0.9' })
  assert.equal(sent.code, 0, sent.transcript)
  assert.doesNotMatch(sent.transcript, /STARTTLS/)
  const [arrived] = await postfix.waitForMail(1)
  assert.match(arrived?.raw.toString() ?? '', /\[127\.0\.0\.9\]/)
})
