/** The command line as a whole: help, wrong usage, failures and their exit statuses. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { SettingsRefusal } from '../../../app/control/refusal.ts'
import { DataFolder } from '../../../app/settings/folder.ts'
import { input, run } from '../../support/command.ts'
import { makeFolder } from '../../support/folder.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const leaves: string[][] = [
  ['serve'],
  ...['get', 'set', 'import', 'check', 'history', 'undo'].map(name => ['settings', name]),
  ...['add', 'remove', 'list', 'password'].map(name => ['user', name]),
  ...['set', 'login', 'remove', 'list'].map(name => ['secret', name]),
  ['explain'],
  ...['list', 'show', 'hold', 'release', 'retry', 'remove'].map(name => ['queue', name]),
  ...['vpop3', 'postfix', 'hmailserver'].map(name => ['import', name]),
  ...['vpop3', 'postfix'].map(name => ['export', name]),
  ['log'],
  ['send-test'],
  ['doctor'],
]

for (const leaf of leaves) {
  test(`help: ${leaf.join(' ')}`, async () => {
    const { status, out, err } = await run([...leaf, '--help'], new MemoryControl())
    assert.equal(status, 0)
    assert.equal(err, '')
    assert.match(out, new RegExp(`^Usage: postern ${leaf.join(' ')}`))
    assert.match(out, /--data <dir>/)
    assert.match(out, new RegExp(`Examples:\n  postern ${leaf.join(' ')}`))
    // An example itself is never broken; all else fits a terminal of 80 columns.
    const lines = out.split('\n').filter(line => !line.startsWith('  postern '))
    assert.deepEqual(
      lines.filter(line => line.length > 80),
      [],
    )
  })
}

test('the help lists every command', async () => {
  const { status, out } = await run(['--help'], new MemoryControl())
  assert.equal(status, 0)
  for (const [name = ''] of leaves) assert.match(out, new RegExp(`^  ${name} `, 'm'))
  assert.equal((await run(['help', 'queue', 'list'], new MemoryControl())).status, 0)
  assert.equal((await run(['--version'], new MemoryControl())).out, '1.2.3\n')
})

test('without a word it shows its help', async () => {
  assert.deepEqual(await run([], new MemoryControl()), await run(['--help'], new MemoryControl()))
})

const wrong: string[][] = [
  ['queue'],
  ['bogus'],
  ['audit', 'x'],
  ['import', 'vpop3', 'x', '--version', '2'],
  ['import', 'vpop3', 'x', '--apply', '--dry-run'],
  ['import', '/nonexistent/list'],
  ['export', 'vpop3'],
  ['export', 'postfix'],
  ['queue', 'bogus'],
  ['queue', 'show'],
  ['queue', 'hold'],
  ['queue', 'release'],
  ['queue', 'remove'],
  ['queue', 'remove', 'A1', '--all'],
  ['queue', 'retry', '--all'],
  ['queue', 'list', '--state', 'sent'],
  ['queue', 'list', '--limit', '0'],
  ['queue', 'list', '--limit', '1e3'],
  ['queue', 'list', '--bogus'],
  ['queue', 'list', 'extra'],
  ['queue', 'list', '--data'],
  ['settings', 'set', 'hostname'],
  ['settings', 'get', 'no.such'],
  ['settings', 'import'],
  ['settings', 'import', '/nonexistent/x.json'],
  ['settings', 'check', '/'],
  ['user', 'add', 'x'],
  ['user', 'add', '--address', 'a@example.com'],
  ['user', 'password', 'x'],
  ['user', 'add', 'x', '--address', 'a@example.com', '--password-stdin'],
  ['secret', 'set', 'x'],
  ['secret', 'set'],
  ['explain', '--to', 'a@example.com'],
  ['explain', '--client', '192.0.2.1'],
  ['explain', '--client', '192.0.2.256', '--to', 'a@example.com'],
  ['explain', '--client', '192.0.2.0/24', '--to', 'a@example.com'],
  ['log', '--since', 'soon'],
  ['log', '--limit', 'x'],
  ['send-test'],
  ['audit', '--fix', 'x'],
  ['audit', '--fix', '0'],
  ['settings', 'diff'],
]

for (const argv of wrong) {
  test(`wrong usage: ${argv.join(' ')}`, async () => {
    const control = new MemoryControl()
    const { status, out, err } = await run(argv, control)
    assert.equal(status, 2)
    assert.equal(out, '')
    assert.match(
      err,
      argv.length === 1 && argv[0] === 'queue' ? /^Usage: postern/ : /^(postern|no\.such): \S/,
    )
    assert.doesNotMatch(err, /^ {4}at |\bError:/m)
    assert.deepEqual(control.changers, [])
  })
}

test('an unknown command comes with a hint', async () => {
  const { err } = await run(['qeue'], new MemoryControl())
  assert.match(err, /^postern: unknown command 'qeue'\n\(Did you mean queue\?\)\n\(Run "postern --help"/)
  assert.match((await run(['queue', 'lst'], new MemoryControl())).err, /\(Run "postern queue --help"/)
})

test('what a person mistyped is not echoed raw', async () => {
  const { err } = await run(['\u001b[2Jx'], new MemoryControl())
  assert.doesNotMatch(err, /\u001b/)
})

test('a failure is one sentence and 1', async () => {
  const control = new MemoryControl()
  control.listSecrets = async () => {
    throw new TypeError('The store \u001b[2Jis damaged; restore it.\n    at x.ts:1')
  }
  assert.deepEqual(await run(['secret', 'list'], control), {
    status: 1,
    out: '',
    err: 'postern: The store is damaged; restore it.\n',
  })
})

test('a folder that cannot be opened says why', async () => {
  const openOffline = async () => {
    throw new Error('Another relay (process 7) holds /srv/postern; stop it first.')
  }
  const ran = await run(['queue', 'list'], new MemoryControl(), { openOffline })
  assert.deepEqual(ran, {
    status: 1,
    out: '',
    err: 'postern: Another relay (process 7) holds /srv/postern; stop it first.\n',
  })
})

test('refused settings are listed, one problem a line, and give 2', async t => {
  const refuse = async () => {
    throw new SettingsRefusal('/srv/settings.json', [
      { path: 'smtp.access[2].from', text: 'This is not\nan address.' },
      { path: '', text: 'The file is damaged.' },
    ])
  }
  const expected = {
    status: 2,
    out: '',
    err:
      'postern: The settings in /srv/settings.json can\'t be used: correct what follows, or bring the last ones back with "postern settings undo".\n' +
      'smtp.access[2].from: This is not an address.\nThe file is damaged.\n',
  }
  assert.deepEqual(await run(['user', 'list'], new MemoryControl(), { openOffline: refuse }), expected)
  const data = await makeFolder(t)
  const served = await run(['serve', '--data', data], new MemoryControl(), { serve: refuse })
  assert.deepEqual(served, expected)
})

test('the data folder is that of --data, wherever it stands, else of POSTERN_DATA, else the usual one', async () => {
  const opened: string[] = []
  const openOffline = async (folder: string) => {
    opened.push(folder)
    return { control: new MemoryControl(), close: async () => undefined }
  }
  const lines = [
    ['--data', '/nonexistent/a', 'user', 'list'],
    ['user', '--data', '/nonexistent/a', 'list'],
    ['user', 'list', '--data', '/nonexistent/a'],
    ['user', 'list', '--json', '--data=/nonexistent/a'],
  ]
  for (const line of lines) await run(line, new MemoryControl(), { openOffline })
  assert.deepEqual(opened, Array(4).fill('/nonexistent/a'))
  await run(['user', 'list'], new MemoryControl(), {
    openOffline,
    variables: { POSTERN_DATA: '/nonexistent/b' },
  })
  assert.equal(opened.at(-1), '/nonexistent/b')
  assert.equal(DataFolder.choose('x', {}), join(process.cwd(), 'x'))
  assert.match(DataFolder.choose(undefined, { POSTERN_DATA: '' }), /[/\\]postern/)
})

test('what was opened is closed, also when the command fails', async () => {
  let closed = 0
  const control = new MemoryControl()
  control.doctor = async () => {
    throw new Error('It failed.')
  }
  const openOffline = async () => ({
    control,
    close: async () => {
      closed += 1
    },
  })
  assert.equal((await run(['doctor'], control, { openOffline })).status, 1)
  assert.equal((await run(['secret', 'list'], control, { openOffline })).status, 0)
  assert.equal(closed, 2)
})

test('standard input is left alone by commands that do not ask for it', async () => {
  for (const argv of [
    ['secret', 'list'],
    ['user', 'add', 'x', '--address', 'a@example.com'],
  ]) {
    const stdin = input('of the next command')
    assert.equal((await run(argv, new MemoryControl(), { stdin })).status, 0)
    assert.equal(stdin.read()?.toString(), 'of the next command')
  }
})
