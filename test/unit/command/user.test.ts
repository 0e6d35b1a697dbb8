/** `postern user` and `postern secret`: accounts, passwords and who is asked for them. */
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { input, run } from '../../support/command.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const add = ['user', 'add', 'support', '--address', 'support@example.com', '--address', 'help@example.com']

/** A terminal at which these keys are pressed, each as soon as somebody listens; it keeps whether echo was off then. */
class Keyboard extends PassThrough {
  readonly rawAt: boolean[] = []
  raw = false
  readonly #keys: string[]

  constructor(...keys: string[]) {
    super()
    this.#keys = keys
  }

  setRawMode(raw: boolean): void {
    this.raw = raw
    const keys = raw ? this.#keys.shift() : undefined
    if (keys !== undefined) {
      this.rawAt.push(raw)
      setImmediate(() => this.write(keys))
    }
  }
}

test('add without a terminal makes an account without password and says so', async () => {
  const control = new MemoryControl()
  const { status, out, err } = await run(add, control, { stdin: input('not read') })
  assert.equal(status, 0)
  assert.equal(out, 'The account support is made.\n')
  assert.match(err, /^The account support has no password and can't log on;.*postern user password support/)
  assert.deepEqual(control.users.get('support'), {
    addresses: ['support@example.com', 'help@example.com'],
    password: undefined,
  })
})

const passwords: [string, string][] = [
  ['secret\n', 'secret'],
  ['secret\r\n', 'secret'],
  ['secret', 'secret'],
  ['secret\n\n', 'secret\n'],
  [' pass wörd ', ' pass wörd '],
]
for (const [text, password] of passwords) {
  test(`--password-stdin takes ${JSON.stringify(text)} without its one line end`, async () => {
    const control = new MemoryControl()
    const ran = await run([...add, '--password-stdin'], control, { stdin: input(text), canAsk: true })
    assert.deepEqual(ran, { status: 0, out: 'The account support is made.\n', err: '' })
    assert.equal(control.users.get('support')?.password, password)
  })
}

for (const text of ['', '\n']) {
  test(`an empty password on standard input is refused: ${JSON.stringify(text)}`, async () => {
    const control = new MemoryControl()
    const ran = await run([...add, '--password-stdin'], control, { stdin: input(text) })
    assert.deepEqual(ran, {
      status: 2,
      out: '',
      err: 'postern: Standard input is empty; give the password there.\n',
    })
    assert.equal(control.users.size, 0)
  })
}

test('on a terminal the password is asked for twice and never shown', async () => {
  const control = new MemoryControl()
  const stdin = new Keyboard('hunterx\u007f2\r', 'hunter2\r')
  const { status, out, err } = await run(add, control, { stdin, canAsk: true })
  assert.equal(status, 0)
  assert.equal(control.users.get('support')?.password, 'hunter2')
  assert.equal(err, 'Password for support: \nOnce more: \n')
  assert.equal(out, 'The account support is made.\n')
  assert.deepEqual(stdin.rawAt, [true, true])
  assert.equal(stdin.raw, false)
})

test('keys in pieces, pasted lines, arrows and Ctrl-U are understood', async () => {
  const cases: [string[], string][] = [
    [['both\nboth\n'], 'both'],
    [['wrong\u0015right\r', 'right\r'], 'right'],
    [['ab\u001b[Dc\u001bOP\r', 'abc\r'], 'abc'],
    [['wörd漢\r', 'wörd漢\r'], 'wörd漢'],
    [['👍\u007fx\r\n', 'x\r\n'], 'x'],
    [['x\u0004', 'x\u0004'], 'x'],
  ]
  for (const [keys, password] of cases) {
    const control = new MemoryControl()
    const { status } = await run(add, control, { stdin: new Keyboard(...keys), canAsk: true })
    assert.equal(status, 0)
    assert.equal(control.users.get('support')?.password, password)
  }
})

test('passwords that differ, none, and Ctrl-C change nothing', async () => {
  const cases: [string[], string][] = [
    [['one\r', 'two\r'], 'The two passwords differ; nothing was changed.'],
    [['\r'], 'The password is empty; nothing was changed.'],
    [['hun\u0003'], 'Broken off; nothing was changed.'],
  ]
  for (const [keys, sentence] of cases) {
    const control = new MemoryControl()
    const stdin = new Keyboard(...keys)
    const { status, err } = await run(add, control, { stdin, canAsk: true })
    assert.equal(status, 1)
    assert.ok(err.endsWith(`\npostern: ${sentence}\n`), err)
    assert.equal(control.users.size, 0)
    assert.equal(stdin.raw, false)
  }
})

test('a terminal that goes away while it is asked ends the command', async () => {
  const stdin = new PassThrough()
  const running = run(add, new MemoryControl(), { stdin, canAsk: true })
  stdin.end('half')
  assert.equal((await running).status, 1)
})

test('a second account of one name is refused with its problem', async () => {
  const control = new MemoryControl()
  await run(add, control)
  assert.deepEqual(await run(add, control), {
    status: 2,
    out: '',
    err: 'users: There is already an account support.\n',
  })
})

test('password sets it, remove removes', async () => {
  const control = new MemoryControl()
  await run(add, control)
  const set = ['user', 'password', 'support']
  assert.equal((await run([...set, '--password-stdin'], control, { stdin: input('new\n') })).status, 0)
  assert.equal(control.users.get('support')?.password, 'new')
  await run(set, control, { stdin: new Keyboard('newer\r', 'newer\r'), canAsk: true })
  assert.equal(control.users.get('support')?.password, 'newer')
  assert.deepEqual(await run(set, control), {
    status: 2,
    out: '',
    err: 'postern: There is no terminal to ask on; give --password-stdin and the password there.\n',
  })
  assert.equal((await run(['user', 'remove', 'support'], control)).out, 'The account support is removed.\n')
  const gone = 'postern: There is no account support; "postern user list" shows those there are.\n'
  const again = [
    ['user', 'remove', 'support'],
    [...set, '--password-stdin'],
  ]
  for (const words of again)
    assert.deepEqual(await run(words, control, { stdin: input('x\n') }), { status: 1, out: '', err: gone })
})

test('list shows who can log on', async () => {
  const control = new MemoryControl()
  assert.match((await run(['user', 'list'], control)).out, /^There are no accounts/)
  control.listUsers = async () => [
    {
      name: 'a',
      addresses: ['a@x.example', 'b@x.example'],
      enabled: true,
      hasPassword: true,
      forwardTo: [],
      keepCopy: true,
    },
    {
      name: 'b',
      addresses: [],
      enabled: false,
      hasPassword: true,
      forwardTo: ['c@y.example'],
      keepCopy: false,
    },
    {
      name: 'c',
      addresses: [],
      enabled: true,
      hasPassword: false,
      forwardTo: ['d@y.example'],
      keepCopy: true,
    },
  ]
  assert.equal(
    (await run(['user', 'list'], control)).out,
    [
      'name  addresses                 log-on       forwards to',
      'a     a@x.example, b@x.example  yes',
      'b                               disabled     c@y.example (no copy kept)',
      'c                               no password  d@y.example',
      '',
    ].join('\n'),
  )
  assert.deepEqual(
    JSON.parse((await run(['user', 'list', '--json'], control)).out),
    await control.listUsers(),
  )
})

test('secrets are kept, listed by name and removed, and never printed', async () => {
  const control = new MemoryControl()
  const set = await run(['secret', 'set', 'provider'], control, { stdin: input('pässword\n') })
  assert.deepEqual(set, { status: 0, out: 'The secret provider is kept.\n', err: '' })
  assert.equal(control.secrets.get('provider'), 'pässword')
  await run(['secret', 'set', 'typed'], control, { stdin: new Keyboard('typed one\r'), canAsk: true })
  assert.equal(control.secrets.get('typed'), 'typed one')
  assert.equal((await run(['secret', 'list'], control)).out, 'provider\ntyped\n')
  assert.equal((await run(['secret', 'list', '--json'], control)).out, '["provider","typed"]\n')
  assert.equal((await run(['secret', 'remove', 'typed'], control)).status, 0)
  assert.deepEqual(await run(['secret', 'remove', 'typed'], control), {
    status: 1,
    out: '',
    err: 'postern: There is no secret typed.\n',
  })
})

test('an empty secret is refused', async () => {
  const control = new MemoryControl()
  assert.equal((await run(['secret', 'set', 'x'], control)).status, 2)
  const typed = await run(['secret', 'set', 'x'], control, { stdin: new Keyboard('\r'), canAsk: true })
  assert.equal(typed.status, 1)
  assert.equal(control.secrets.size, 0)
})

test('a secret that is no text is refused', async () => {
  const stdin = input(Buffer.from([0xff, 0x0a]))
  const { status, err } = await run(['secret', 'set', 'x'], new MemoryControl(), { stdin })
  assert.equal(status, 2)
  assert.equal(err, 'postern: Standard input is not text in UTF-8; convert it first.\n')
})

test('a secret that a route logs on with is kept, unless it is insisted on', async () => {
  const control = new MemoryControl()
  await control.setSecret('provider', 'x')
  const login = { method: 'password', user: 'office', secret: 'provider' }
  control.settings = { delivery: { routes: [{ hosts: ['a:25'] }, { hosts: ['b:587'], login }] } }
  const kept = await run(['secret', 'remove', 'provider'], control)
  assert.equal(kept.status, 1)
  assert.equal(
    kept.err,
    'postern: The secret provider is kept, since route 2 (b:587) logs on with it: change that first, or give --force.\n',
  )
  assert.deepEqual(await control.listSecrets(), ['provider'])
  assert.equal((await run(['secret', 'remove', 'provider', '--force'], control)).status, 0)
  assert.deepEqual(await control.listSecrets(), [])
})
