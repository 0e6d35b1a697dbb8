/** Known secrets, a day of use with everything that goes wrong, and then a search for them wherever anything is written. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { before, describe, test } from 'node:test'
import { connectControl } from '../../app/control/client.ts'
import { controlAddressOf } from '../../app/settings/folder.ts'
import { KeyFileSecrets } from '../../app/settings/keyfile.ts'
import {
  type AuthorizationServer,
  Browser,
  startAuthorizationServer,
  tokenRoute,
} from '../support/authorization-server.ts'
import { atEnd, endOfSuite } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type Installation, install, portOf } from '../support/installation.ts'
import { Leaks, ProcessWatch, writingsOf } from '../support/leaks.ts'
import { type NextHop, startNextHop } from '../support/next-hop.ts'
import { type Process, postern, startProcess } from '../support/process.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'

const random = () => randomBytes(12).toString('hex')
const secret = (name: string) => `${name}-${random()}-$ "ü`
const secrets = {
  user: secret('of-support'),
  changed: secret('of-support-anew'),
  guess: secret('a-wrong-guess'),
  // Servers say it again without its umlauts, were there any.
  smartHost: `of-the-smart-host-${random()}-$ "`,
  inTheClear: secret('sent-in-the-clear'),
}
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

/** What a line of a log-on holds, decoded too, as a careless server says it again. */
function echoOf(line: string): string {
  const decoded = line.split(' ').map(word =>
    Buffer.from(word, 'base64')
      .toString('latin1')
      .replace(/[^ -~]+/g, ' '),
  )
  return `${line} (${decoded.join(' ')})`
}

describe('a day with secrets', () => {
  const suite = endOfSuite()
  const said: { what: string; text: string }[] = []
  let place: string
  let server: AuthorizationServer
  let office: Installation
  let relay: Process
  let hop: NextHop
  let cloud: NextHop
  let watch: ProcessWatch
  let leaks: Leaks

  async function run(...words: readonly string[]): Promise<string> {
    return runWith('', ...words)
  }

  /** Any exit status will do. */
  async function runWith(input: string, ...words: readonly string[]): Promise<string> {
    const { stdout, stderr } = await office.try(words, input)
    said.push({ what: words.join(' '), text: stdout + stderr })
    return stdout + stderr
  }

  async function send(to: string, password: string, ...more: readonly string[]): Promise<string> {
    const login = {
      user: 'support',
      password,
      mechanism: more.includes('LOGIN') ? 'LOGIN' : 'PLAIN',
    } as const
    const from = 'support@example.com'
    const port = portOf(relay)
    const { transcript } = await swaks(suite, { port, from, to: [to], login, encryption: 'starttls' })
    return transcript
  }

  async function serve(): Promise<void> {
    relay = await startProcess(suite, postern('serve'), { env: office.env, cwd: place })
    await relay.waitFor(/^ready$/m)
  }

  before(async () => {
    watch = new ProcessWatch(suite, /postern\.cjs/)
    place = await makeFolder(suite)
    server = await startAuthorizationServer(suite)
    hop = await startNextHop(suite, { password: secrets.smartHost })
    cloud = await startNextHop(suite, { token: server.checks })
    office = await install(suite)
    await office.set('localDomains', ['example.com'])
    const login = { method: 'password', user: 'office', secret: 'provider' }
    const smartHost = { via: 'smart-host', hosts: [`127.0.0.1:${hop.port}`], encryption: 'none' }
    await office.set('delivery.routes', [
      { to: ['smart.example'], ...smartHost, plaintextLogin: 'local-networks', login },
      tokenRoute(server, cloud.port),
    ])
    await serve()
  })

  test('secrets are set by commands, one by standard input, one by a sign-in, one as a file', async () => {
    await runWith(`${secrets.smartHost}\n`, 'secret', 'set', 'provider')
    const user = ['user', 'add', 'support', '--address', 'support@example.com', '--password-stdin']
    await runWith(`${secrets.user}\n`, ...user)
    await runWith(`${secrets.changed}\n`, 'user', 'password', 'support', '--password-stdin')
    await writeFile(join(place, 'dkim.pem'), privateKey, { mode: 0o600 })
    await run('dkim', 'import', 'example.com', join(place, 'dkim.pem'))
    const signing = await startProcess(suite, postern('secret', 'login', 'cloud'), { env: office.env })
    const [, page = ''] = await signing.waitFor(/Open (\S+) in a browser/)
    const [, code = ''] = await signing.waitFor(/enter the code (\S+) there/)
    await new Browser().enterCode(page, code)
    assert.equal((await signing.ended).code, 0)
    said.push({ what: 'secret login', text: signing.output })
    const kept = await KeyFileSecrets.open(office.folder)
    assert.equal(kept.get('provider'), secrets.smartHost)
    assert.deepEqual(kept.names().length, 3)
  })

  test('mail is sent, and fails in every way, by servers that say again what they were told', async () => {
    const ways: [RegExp, string][] = [
      [/^AUTH|^[\w+/]+=*$/, '535 5.7.8 I know nobody with'],
      [/^AUTH|^[\w+/]+=*$/, '454 4.7.0 later, after'],
      [/^MAIL/, '530 5.7.0 log on first, not as'],
      [/^MAIL/, '550 5.7.1 not for'],
      [/^RCPT/, '451 4.7.1 later, since you said'],
    ]
    const connection = await connectControl(await controlAddressOf(office.folder))
    assert.ok(connection)
    atEnd(suite, () => connection.close())
    for (const [at, words] of ways) {
      for (const [one, to] of [
        [hop, 'smart.example'],
        [cloud, 'cloud.example'],
      ] as const) {
        one.dropAll()
        const logOn = (number: number) =>
          one.heard
            .filter(line => line.startsWith(`${number} AUTH`))
            .map(line => echoOf(line.replace(/^\d+ AUTH \S+ ?/, '')))
            .join(' ')
        one.script = {
          ...one.script,
          answer: (command, { connection: number }) =>
            at.test(command) ? `${words} ${logOn(number) || echoOf(command)}` : undefined,
        }
        const failed = await connection.control.sendTest(`friend@${to}`)
        assert.equal(failed.delivered, false)
        said.push({ what: `${words} to ${to}`, text: JSON.stringify(failed) })
        await send(`friend@${to}`, secrets.changed)
      }
    }
    await waitFor('mail that waits', async () =>
      /waiting/.test(await run('queue', 'list')) ? true : undefined,
    )
    for (const one of [hop, cloud]) one.script = { ...one.script, answer: () => undefined }
    await run('queue', 'retry')
    await waitFor('mail at both', () => (hop.taken.length > 0 && cloud.taken.length > 0 ? true : undefined))
  })

  test('clients log on well, badly, and in the clear', async () => {
    assert.match(await send('support@example.com', secrets.changed, 'LOGIN'), /235 2\.7\.0/)
    assert.match(await send('support@example.com', secrets.guess), /535 5\.7\.8/)
    assert.match(await send('support@example.com', secrets.guess, 'LOGIN'), /535 5\.7\.8/)
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const lines = [
      'EHLO old.device.example',
      `AUTH PLAIN ${base64(`\0support\0${secrets.inTheClear}`)}`,
      'AUTH LOGIN',
      base64('support'),
      base64(secrets.inTheClear),
      `PASS ${secrets.inTheClear}`,
      `MAIL FROM:<support@example.com> AUTH=${base64(secrets.inTheClear)}`,
      'QUIT',
    ]
    const socket = connect(portOf(relay), '127.0.0.1')
    await once(socket, 'readable')
    socket.end(lines.map(line => `${line}\r\n`).join(''))
    const stdout = await text(socket)
    assert.match(stdout, /^221 /m)
    said.push({ what: 'what the relay answers in the clear', text: stdout })
  })

  test('every list, export and check is written, also after a secret is gone', async () => {
    const commands = [
      ['status'],
      ['status', '--json'],
      ['settings', 'get'],
      ['settings', 'history'],
      ['settings', 'history', '--json'],
      ['secret', 'list', '--json'],
      ['user', 'list', '--json'],
      ['dkim', 'show'],
      ['dkim', 'show', '--json'],
      ['dkim', 'check'],
      ['audit', '--json'],
      ['doctor'],
      ['doctor', '--json'],
      ['queue', 'list', '--json'],
      ['explain', '--client', '192.0.2.1', '--user', 'support', '--to', 'a@smart.example', '--json'],
      ['export', 'vpop3', '--version', '3'],
      ['export', 'postfix', join(place, 'postfix')],
      ['settings', 'undo'],
      ['secret', 'remove', 'provider', '--force'],
      ['send-test', '--to', 'friend@smart.example'],
      ['doctor'],
      ['log'],
      ['log', '--json'],
    ]
    for (const words of commands) await run(...words)
    const queued = JSON.parse((await office.try(['queue', 'list', '--json'])).stdout) as { id: string }[]
    for (const { id } of queued) {
      await run('queue', 'show', id)
      await run('queue', 'show', id, '--json')
    }
  })

  test('a relay that crashes leaves nothing behind, and the next start tells nothing', async () => {
    relay.signal('SIGABRT')
    said.push({ what: 'serve', text: (await relay.ended).stdout + relay.output })
    await serve()
    await run('log')
    assert.equal((await relay.end()).code, 0)
    said.push({ what: 'serve again', text: relay.output })
  })

  test('no secret stands in any file, log, export, answer or process list', async () => {
    await watch.stop()
    const kept = await KeyFileSecrets.open(office.folder)
    const signIn: unknown = JSON.parse(kept.get('cloud') ?? '{}')
    const refreshToken = String(Reflect.get(Object(signIn), 'refreshToken'))
    const bearer = cloud.heard
      .map(line => /AUTH XOAUTH2 (\S+)/.exec(line)?.[1] ?? '')
      .map(word => /Bearer ([^\x01]+)/.exec(Buffer.from(word, 'base64').toString())?.[1] ?? '')
    const tokens = [...new Set(bearer.filter(token => token !== ''))]
    assert.ok(refreshToken.length > 20 && tokens.length > 0)
    const keyLines = privateKey.split('\n').filter(line => /^[\w+/=]{60,}$/.test(line))
    const tlsLines = (await readFile(join(office.folder, 'tls/key.pem'), 'utf8'))
      .split('\n')
      .filter(line => /^[\w+/=]{60,}$/.test(line))
    leaks = new Leaks({
      ...secrets,
      refreshToken,
      ...Object.fromEntries(tokens.map((token, at) => [`access token ${at}`, token])),
      ...Object.fromEntries(keyLines.map((line, at) => [`DKIM key, line ${at}`, line])),
    })
    const processes = [...watch.seen.values()]
    assert.ok(processes.length > 30, `${processes.length}`)
    assert.ok(processes.some(one => one.includes('user add support')))
    const found = [
      ...(await leaks.inFolder(office.folder)),
      ...(await leaks.inFolder(join(place, 'postfix'))),
      ...said.flatMap(one => leaks.in(one.what, one.text)),
      ...processes.flatMap(one => leaks.in(`process ${one.slice(0, 100)}`, one)),
      ...new Leaks({ 'TLS key': tlsLines[1] ?? '' }).in(
        'what was said',
        said.map(one => one.text).join('\n'),
      ),
    ]
    assert.deepEqual(found, [])
  })

  test('the search finds what it is to find, in each of its writings', () => {
    for (const writing of writingsOf(secrets.user))
      assert.deepEqual(leaks.in('here', `x${writing}y`), ['here: user'], writing)
    const blob = Buffer.from(`\0support\0${secrets.smartHost}`).toString('base64')
    assert.deepEqual(leaks.in('here', `AUTH PLAIN ${blob}`), ['here: smartHost'])
  })
})
