/** Whatever is wrong around it: one clear sentence on the command line and in the log, no stack, nothing lost. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { maxText } from '../../app/settings/parse.ts'
import { makeCertificate } from '../support/certificate.ts'
import { atEnd } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type Installation, install, installAsIs, portOf } from '../support/installation.ts'
import { freePort } from '../support/port.ts'
import { type Exit, postern, runProcess, startProcess } from '../support/process.ts'
import { startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'

/** As root without root's powers: rights of files count, and ports below 1024 are out of reach. */
const powerless = ['setpriv', '--bounding-set=-all', '--inh-caps=-all']
/** In a network of its own, where every port is free and 1024 is the first that anyone may take. */
const alone = ['unshare', '--net']

interface Fact {
  readonly kind: string
  readonly text?: string
  readonly problems?: readonly string[]
}

/** What the journal's files hold, so that nothing is opened to read it. */
async function journal(postern: Installation): Promise<Fact[]> {
  const folder = join(postern.folder, 'log')
  const files = (await readdir(folder)).filter(name => name.endsWith('.jsonl'))
  const texts = await Promise.all(files.sort().map(name => readFile(join(folder, name), 'utf8')))
  return texts
    .join('')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}

async function errors(postern: Installation): Promise<string[]> {
  const events = await journal(postern)
  return events.filter(({ kind }) => kind === 'error').map(({ text = '' }) => text)
}

/** One line on standard error, nothing on standard output. */
function sentence({ code, stdout, stderr }: Exit, status: number): string {
  assert.equal(code, status, stderr)
  assert.equal(stdout, '')
  const [line = '', ...more] = stderr.trimEnd().split('\n')
  assert.deepEqual(more, [], 'it is said once')
  assert.match(line, /^postern: [\w"/].*[^.]\.$/)
  return line.replace('postern: ', '')
}

/** Runs a command without root's powers; the program from a place where that needs none. */
async function runPowerless(
  t: TestContext,
  folder: string,
  words: readonly string[],
  before: readonly string[] = [],
) {
  const [node = '', script = ''] = postern()
  const copy = join(await makeFolder(t), 'postern.cjs')
  await copyFile(script, copy)
  const command = [...before, ...powerless, node, copy, ...words]
  return startProcess(t, command, { env: { POSTERN_DATA: folder } })
}

async function tryPowerless(
  t: TestContext,
  folder: string,
  words: readonly string[],
  before?: readonly string[],
) {
  const running = await runPowerless(t, folder, words, before)
  const exit = await running.ended
  assert.doesNotMatch(exit.stdout + exit.stderr, /^\s+at /m)
  return exit
}

const broken: [name: string, content: string | Buffer, problems: readonly RegExp[]][] = [
  ['empty', '', [/^Line 1, column 1: /]],
  ['cut off', '{"smtp": {"listeners": [', [/^Line 1, column 25: /]],
  ['no UTF-8', Buffer.from('{"hostname":"b\xfcro.example"}', 'latin1'), [/^Save the file as UTF-8/]],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), [/^Save the file as UTF-8/]],
  ['endless', '['.repeat(200_000), [/./]],
  ['huge', `{"hostname":"${'x'.repeat(maxText)}"}`, [/^Make the file smaller than /]],
  ['a list', '[]', [/object in braces/]],
  [
    'hostile names',
    '{"__proto__":{"smtp":1},"constructor":{"prototype":{}},"toString":1}',
    [/^__proto__: /, /^constructor: /, /^toString: /],
  ],
  ['a name twice', '{"hostname":"a.example","hostname":"b.example"}', [/^hostname: /]],
  [
    'escape sequences',
    '{"\\u001b[2J":1,"hostname":"\\u001b]0;x\\u0007"}',
    [/^hostname: /, /there is no such setting/],
  ],
  [
    'several mistakes',
    JSON.stringify({
      localDomain: ['example.com'],
      smtp: {
        authentication: 'yes',
        listeners: [{ address: '0.0.0.0', port: 99999 }],
        access: [{ action: 'allow', from: '10.0.0.0/33' }],
      },
      users: [{ name: 'fred', password: 'in the clear' }],
      delivery: { routes: [{ to: ['*'], via: 'smart-host' }], warnAfter: '9d', giveUpAfter: '5d' },
    }),
    [
      /^localDomain: .*did you mean "localDomains"/,
      /^smtp\.authentication: /,
      /^smtp\.listeners\[0\]\.port: /,
      /^smtp\.access\[0\]\.from: /,
      /^users\[0\]\.password: /,
      /^delivery\.routes\[0\]\.hosts: /,
      /^delivery\.warnAfter: /,
    ],
  ],
]

for (const [name, content, expected] of broken) {
  test(`settings that are broken (${name}): no start, all problems, nothing overwritten`, async t => {
    const postern = await installAsIs(t)
    await mkdir(postern.folder, { mode: 0o700 })
    const file = join(postern.folder, 'settings.json')
    await writeFile(file, content)
    const { code, stdout, stderr } = await postern.serveInVain()
    assert.equal(code, 2)
    assert.equal(stdout, '')
    const [first, ...problems] = stderr.trimEnd().split('\n')
    assert.match(
      first ?? '',
      /^postern: The settings in .*settings\.json can't be used: correct what follows/,
    )
    assert.equal(problems.length, expected.length, stderr)
    for (const pattern of expected)
      assert.equal(problems.filter(line => pattern.test(line)).length, 1, stderr)
    assert.doesNotMatch(stderr, /[\u0000-\u0009\u000b-\u001f]|in the clear|at Object/)
    assert.ok((await readFile(file)).equals(Buffer.from(content)))
    const refusals = (await journal(postern)).filter(({ kind }) => kind === 'settings-refused')
    assert.equal(refusals.length, 1)
    assert.equal(refusals[0]?.problems?.length, expected.length)
    const checked = await postern.try(['settings', 'check', file])
    assert.equal(checked.code, 2)
    if (!Buffer.isBuffer(content)) assert.deepEqual(checked.stderr.trimEnd().split('\n'), problems)
  })
}

test('broken settings are mended by commands while the relay is stopped', async t => {
  const postern = await install(t)
  await postern.run(['settings', 'set', 'hostname', 'good.example'])
  const good = await postern.text('settings.json')
  const file = join(postern.folder, 'settings.json')
  const spoil = () => writeFile(file, good.replace('"good.example"', '"good.example'))

  await spoil()
  assert.equal((await postern.try(['user', 'list'])).code, 2)
  assert.match(await postern.run(['settings', 'history']), /hostname: added "good\.example"/)
  assert.match(await postern.run(['log']), /settings of file refused/)
  assert.match(await postern.run(['settings', 'undo']), /^the broken file is kept in history/)
  assert.equal(await postern.text('settings.json'), good)

  await spoil()
  const bad = await postern.try(['settings', 'import', '-'], '{"hostnam":1}')
  assert.equal(bad.code, 2)
  assert.match(bad.stderr, /^hostnam: /)
  assert.match(
    await postern.run(['settings', 'import', '-'], good.replace('good', 'better')),
    /"better\.example"/,
  )

  await writeFile(file, good.replace('"good.example"', '"not a name"'))
  assert.match(await postern.run(['settings', 'set', 'hostname', 'set.example']), /"set\.example"/)
  const relay = await postern.serve()
  assert.equal(await postern.hostname(), 'set.example')
  await relay.end()
  const kept = await postern.run(['settings', 'history', '--json'])
  assert.equal(kept.match(/"unused":true/g)?.length, 3)
})

test('settings are checked without a data folder', async t => {
  const folder = await makeFolder(t)
  const good = join(folder, 'good.json')
  await writeFile(good, '{}')
  const command = postern('settings', 'check', good)
  const { code, stdout } = await runProcess(t, command, { env: { POSTERN_DATA: join(folder, 'none') } })
  assert.deepEqual([code, stdout], [0, 'No problems.\n'])
  assert.deepEqual(await readdir(folder), ['good.json'])
})

test('a port in use', async t => {
  const postern = await install(t)
  const other = createServer().listen(0, '127.0.0.1')
  atEnd(t, () => void other.close())
  await once(other, 'listening')
  const address = other.address()
  assert.ok(address !== null && typeof address !== 'string')
  await postern.set('smtp.listeners[0].port', address.port)
  const said = sentence(await postern.serveInVain(), 1)
  assert.match(
    said,
    /^smtp\.listeners\[0\]: Port \d+ is in use by another program: stop that program, or choose/,
  )
  assert.deepEqual(await errors(postern), [said])
  // While running: the change is refused, and what listened goes on.
  await postern.set('smtp.listeners[0].port', 0)
  const relay = await postern.serve()
  const refused = await postern.try(['settings', 'set', 'smtp.listeners[0].port', `${address.port}`])
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /^smtp\.listeners\[0\]: Port \d+ is in use/)
  assert.equal((await swaks(t, { port: portOf(relay), from: 'a@b.example', to: ['c@d.example'] })).code, 0)
})

test('no right to the port', async t => {
  const postern = await installAsIs(t)
  await postern.set('smtp.listeners', [{ address: '0.0.0.0', port: 25 }])
  const said = sentence(await tryPowerless(t, postern.folder, ['serve'], alone), 1)
  assert.match(said, /This user may not listen on port 25: choose a port above 1023, or run/)
  assert.deepEqual(await errors(postern), [said])
})

test('a first start without the right to port 25 takes 2525 and says so', async t => {
  const postern = await installAsIs(t)
  const relay = await runPowerless(t, postern.folder, ['serve'], alone)
  await relay.waitFor(/^ready$/m)
  assert.match(relay.output, /^listening smtp 0\.0\.0\.0:2525$/m)
  const said =
    /^Port 25 can't be taken \(this user may not listen on it\): Postern listens on 2525 instead\.$/m
  assert.equal(relay.output.match(new RegExp(said, 'gm'))?.length, 1)
  assert.equal((await relay.end()).code, 0)
  const warnings = (await journal(postern)).filter(({ kind }) => kind === 'warning')
  assert.deepEqual(warnings.length, 1)
  assert.match(warnings[0]?.text ?? '', said)
})

test('another relay holds the folder', async t => {
  const postern = await install(t)
  const relay = await postern.serve()
  const said = sentence(await postern.serveInVain(), 1)
  assert.match(
    said,
    new RegExp(`in use by a running Postern \\(process ${relay.pid}\\)\\. Stop that one first, or`),
  )
  assert.equal((await postern.try(['user', 'list'])).code, 0, 'the first one still answers')
  assert.deepEqual(await errors(postern), [])
})

test('a data folder that cannot be used', async t => {
  const folder = await makeFolder(t)
  const closed = join(folder, 'closed')
  await mkdir(closed, { mode: 0o500 })
  await writeFile(join(folder, 'file'), '')
  const foreign = join(folder, 'foreign')
  await mkdir(foreign, { mode: 0o755 })
  await writeFile(join(foreign, 'letter.txt'), '')
  const cases: [string, RegExp][] = [
    [join(closed, 'new'), /can't be used \(this user has no rights to it\): /],
    [closed, /can't be used \(this user has no rights to it\): /],
    [join(folder, 'file'), /is a file, not a folder: /],
    [join(folder, 'file', 'below'), /can't be used \(a part of its path is no folder\): /],
    [foreign, /holds other things and is open to other users: /],
  ]
  for (const [path, words] of cases) {
    for (const command of [['serve'], ['user', 'remove', 'fax']]) {
      const said = sentence(await tryPowerless(t, path, command), 1)
      assert.match(said, words)
      assert.match(said, /, or choose another folder with --data\.$/)
    }
  }
  assert.deepEqual(await readdir(foreign), ['letter.txt'])
})

test('files of the data folder that cannot be read', async t => {
  const postern = await install(t)
  const cases: [string, RegExp, number][] = [
    ['settings.json', /^Make .*settings\.json readable: this user has no rights to it\.$/m, 2],
    ['tls/key.pem', /The file .*key\.pem can't be read: give this user the right to\.$/m, 1],
    [
      'secrets.key',
      /^postern: Make .* readable and writable for this user: this user has no rights to it\.$/m,
      1,
    ],
  ]
  for (const [name, words, status] of cases) {
    const file = join(postern.folder, name)
    const before = await readFile(file)
    await chmod(file, 0)
    const exit = await tryPowerless(t, postern.folder, ['serve'], alone)
    assert.equal(exit.code, status, exit.stderr)
    assert.match(exit.stderr, words)
    await chmod(file, 0o600)
    assert.ok((await readFile(file)).equals(before))
  }
  await writeFile(join(postern.folder, 'tls/key.pem'), 'no key')
  assert.match(
    sentence(await postern.serveInVain(), 1),
    /The key and certificate in .* can't be used .*: replace them/,
  )
  await rm(join(postern.folder, 'tls/key.pem'))
  assert.match(
    sentence(await postern.serveInVain(), 1),
    /^Put both key\.pem and cert\.pem into .*, or remove both/,
  )
  assert.equal((await errors(postern)).length, 4)
})

test('no disk space: 452, nothing lost, and all is well when there is space again', async t => {
  const disk = await makeFolder(t)
  const mounted = await runProcess(t, ['mount', '-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk])
  assert.equal(mounted.code, 0, mounted.stderr)
  atEnd(t, async () => {
    await runProcess(t, ['umount', '--lazy', disk])
  })
  const postern = await installAsIs(t, join(disk, 'data'))
  const port = await freePort()
  await postern.set('smtp.listeners', [{ address: '127.0.0.1', port }])
  const relay = await postern.serve()
  const letter = (subject: string) =>
    `Subject: ${subject}\r\n\r\n${'large enough to need space '.repeat(20_000)}\r\n`
  const send = (subject: string) =>
    swaks(t, { port, from: 'a@far.example', to: ['b@elsewhere.example'], data: letter(subject) })
  const fill = () => runProcess(t, ['dd', 'if=/dev/zero', `of=${join(disk, 'fill')}`, 'bs=4k'])

  assert.equal((await send('before')).code, 0)
  await fill()
  const refused = await send('refused')
  assert.match(refused.transcript, /452 4\.3\.1 The disk is full: .* until space is freed\./)
  const change = await postern.try(['settings', 'set', 'hostname', 'full.example'])
  assert.equal(change.code, 2)
  assert.match(change.stderr, /^Make it possible to write .*: the disk is full, and nothing was changed\.$/m)
  assert.match((await postern.try(['doctor'])).stdout, /^failed +disk space: .*: free some/m)
  assert.equal((await relay.end()).code, 0)
  const start = sentence(await postern.serveInVain(), 1)
  assert.match(start, /^The disk.* is full; make room on it\.$/)

  await rm(join(disk, 'fill'))
  const again = await postern.serve()
  await fill()
  assert.match((await send('refused again')).transcript, /452 4\.3\.1 /)
  await rm(join(disk, 'fill'))
  assert.equal((await send('after')).code, 0)
  await postern.set('hostname', 'roomy.example')
  await again.kill()
  const last = await postern.serve()
  const queue = await postern.facts('queue', 'list')
  assert.ok(Array.isArray(queue))
  const subjects = await Promise.all(
    queue.map(async ({ id }) => /^Subject: .*/m.exec(await postern.run(['queue', 'show', id]))?.[0].trim()),
  )
  assert.deepEqual(subjects, ['Subject: before', 'Subject: after'])
  assert.match(
    await postern.run(['log']),
    /message from a@far\.example to b@elsewhere\.example refused: 452 4\.3\.1 /,
  )
  assert.doesNotMatch(relay.output + again.output + last.output, /^\s+at /m)
})

test('trouble with the next hop: the message waits, and its reply says what to do', async t => {
  const folder = await makeFolder(t)
  const certificate = await makeCertificate(folder)
  const elsewhere = join(folder, 'elsewhere')
  await mkdir(elsewhere)
  const other = await makeCertificate(elsewhere, { names: 'DNS:other.example' })
  const users = { office: 'right' }
  const [sink, misnamed] = await Promise.all([
    startSink(t, { tls: certificate, users }),
    startSink(t, { tls: other, users }),
  ])
  const login = { method: 'password', user: 'office', secret: 'provider' }
  const secure = { encryption: 'starttls-required', login }
  const cases: [domain: string, route: object, reply: RegExp][] = [
    ['down.example', { hosts: [`127.0.0.1:${await freePort()}`] }, /refused|not reached/i],
    ['nowhere.example', { hosts: ['no-such-host.invalid:25'] }, /no-such-host\.invalid/],
    [
      'password.example',
      { hosts: [sink.address], ...secure, trust: certificate.caFile },
      /password|log.?on/i,
    ],
    ['unknown.example', { hosts: [sink.address], ...secure }, /certificate/i],
    ['misnamed.example', { hosts: [misnamed.address], ...secure, trust: other.caFile }, /certificate/i],
    [
      'missing.example',
      { hosts: [sink.address], ...secure, login: { ...login, secret: 'none' } },
      /"?none"?/,
    ],
  ]
  const postern = await install(t)
  await postern.run(['secret', 'set', 'provider'], 'wrong')
  await postern.set(
    'delivery.routes',
    cases.map(([domain, route]) => ({ to: [domain], via: 'smart-host', ...route })),
  )
  const relay = await postern.serve()
  const to = cases.map(([domain]) => `x@${domain}`)
  assert.equal((await swaks(t, { port: portOf(relay), from: 'a@far.example', to })).code, 0)
  const rows = await waitFor('an answer for each', async () => {
    const lines = (await postern.run(['queue', 'list'])).split('\n').filter(line => line.includes(' x@'))
    return lines.length === cases.length && lines.every(line => / 4\d\d 4\.\d+\.\d+ /.test(line))
      ? lines
      : undefined
  })
  const log = (await postern.run(['log', '--match', '"deferred"'])).trimEnd().split('\n')
  for (const [domain, , words] of cases) {
    const [row = ''] = rows.filter(line => line.includes(`x@${domain}`))
    assert.match(row, / waiting +1 /)
    const reply = / 4\d\d 4\.\d+\.\d+ (.*)$/.exec(row)?.[1] ?? ''
    assert.match(reply, words, domain)
    t.diagnostic(`${domain}: ${reply}`)
    assert.equal(
      log.filter(line => line.includes(`x@${domain}`) && line.endsWith(reply)).length,
      1,
      log.join('\n'),
    )
  }
  const doctor = await postern.try(['doctor'])
  assert.equal(doctor.code, 1)
  assert.equal(doctor.stdout.match(/^failed +route \d: Mail for \S+ can't go out: /gm)?.length, cases.length)
  assert.doesNotMatch(rows.join('') + log.join('') + doctor.stdout, /wrong\b(?! or)|Error:/)
  assert.equal(sink.received.length + misnamed.received.length, 0)
  // Each was told in its place; the person who started the relay isn't told all of it again.
  assert.doesNotMatch(relay.output, /deferred|4\d\d 4\./)

  await postern.run(['secret', 'set', 'provider'], 'right')
  await postern.run(['queue', 'retry'])
  const [arrived] = await sink.waitForMail(1)
  assert.match(arrived?.recipients[0] ?? '', /x@password\.example/)
  assert.ok(arrived?.secure)
})
