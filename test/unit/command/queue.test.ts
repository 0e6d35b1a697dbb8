/** `postern queue`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { width } from '../../../app/command/width.ts'
import type { QueuedMessage, QueueFilter } from '../../../app/control/control.ts'
import type { RecipientState } from '../../../app/queue/message.ts'
import { now, run } from '../../support/command.ts'
import { MemoryControl, queued } from '../../support/memory-control.ts'

const waiting: RecipientState = {
  kind: 'waiting',
  attempts: 2,
  next: now + 300_000,
  reply: { code: 451, status: '4.7.1', text: 'Greylisted,\ntry later' },
}
const held: RecipientState = { kind: 'held', attempts: 0, by: 'person', why: 'no route' }
const delivered: RecipientState = {
  kind: 'delivered',
  at: 1,
  reply: { code: 250, status: '2.0.0', text: 'OK' },
}

function filled(): MemoryControl {
  const control = new MemoryControl()
  control.queue = [
    { ...queued('A1', [waiting, delivered, held]), received: now - 3_600_000 },
    { ...queued('B2', [held], ''), received: now - 60_000 },
  ]
  return control
}

test('list has a row for each recipient to come', async () => {
  const { status, out } = await run(['queue', 'list'], filled())
  assert.equal(status, 0)
  assert.equal(
    out,
    [
      'id  age     size  from           to                     state    tries  next try  last reply',
      'A1   1h  12.3 KB  a@example.com  to0@elsewhere.example  waiting      2  in 5m     451 4.7.1 Greylisted, try later',
      'A1   1h  12.3 KB  a@example.com  to2@elsewhere.example  held         0            no route',
      'B2   1m  12.3 KB  <>             to0@elsewhere.example  held         0            no route',
      '',
    ].join('\n'),
  )
})

test('on a terminal the table fits, says a message once and is coloured', async () => {
  const { out } = await run(['queue', 'list'], filled(), { isTerminal: true, columns: 80 })
  const lines = out
    .trimEnd()
    .split('\n')
    .map(line => line.replace(/\u001b\[\d+m/g, ''))
  assert.equal(lines.filter(line => line.includes('A1')).length, 1)
  for (const line of lines) assert.ok(width(line) <= 80, line)
  assert.match(out, /\u001b\[33mheld\u001b\[0m/)
  const plain = await run(['queue', 'list'], filled(), {
    isTerminal: true,
    columns: 80,
    variables: { POSTERN_DATA: '/nonexistent/x', NO_COLOR: '1' },
  })
  assert.doesNotMatch(plain.out, /\u001b/)
})

test('a state shows its recipients only', async () => {
  const { out } = await run(['queue', 'list', '--state', 'held'], filled())
  assert.doesNotMatch(out, /waiting/)
  assert.equal(out.split('\n').length, 4)
})

test('a list of more than one answer holds each message once, in order, as many as are wanted', async () => {
  const control = new MemoryControl()
  const ids = Array.from({ length: 1300 }, (_, index) => `M${index}`)
  control.queue = ids.map(id => queued(id, [held]))
  const listed = async (...words: string[]) =>
    JSON.parse((await run(['queue', 'list', '--json', ...words], control)).out).map(
      ({ id }: { readonly id: string }) => id,
    )
  assert.deepEqual(await listed(), ids.slice(0, 1000))
  for (const limit of [1, 499, 500, 501, 1300, 5000])
    assert.deepEqual(await listed('--limit', `${limit}`), ids.slice(0, limit))
})

test('a message and the report that takes its place while it is listed are not both missed', async () => {
  class Bouncing extends MemoryControl {
    #takePlace(): void {
      this.queue = [queued('DSN', [waiting], '')]
    }
    override async findMessages(filter: QueueFilter): Promise<readonly string[]> {
      const ids = await super.findMessages(filter)
      this.#takePlace()
      return ids
    }
    override async listQueue(filter: QueueFilter): Promise<readonly QueuedMessage[]> {
      const messages = await super.listQueue(filter)
      this.#takePlace()
      return messages
    }
  }
  const control = new Bouncing()
  control.queue = [queued('A1', [waiting])]
  assert.notEqual((await run(['queue', 'list'], control)).out, 'The queue is empty.\n')
})

test('an empty queue and an empty answer are said', async () => {
  assert.equal((await run(['queue', 'list'], new MemoryControl())).out, 'The queue is empty.\n')
  const none = await run(['queue', 'list', '--match', 'nobody'], filled())
  assert.equal(none.out, 'No message in the queue is like that.\n')
  assert.equal((await run(['queue', 'list', '--json'], new MemoryControl())).out, '[]\n')
})

test('the JSON is the messages', async () => {
  const control = filled()
  const { out } = await run(['queue', 'list', '--json'], control)
  assert.deepEqual(
    JSON.parse(out),
    control.queue.map(message => ({ ...message, sending: [] })),
  )
})

test('hostile addresses and replies reach no terminal', async () => {
  const control = new MemoryControl()
  const text = 'evil\u001b]0;owned\u0007\u009b2J\r\n250 OK'
  control.queue = [
    queued('A1', [{ ...waiting, reply: { code: 450, status: '', text } }], '"\u001b[31m"@x.example'),
  ]
  for (const argv of [
    ['queue', 'list'],
    ['queue', 'show', 'A1'],
    ['queue', 'list', '--json'],
  ]) {
    for (const isTerminal of [false, true]) {
      const variables = { POSTERN_DATA: '/nonexistent/x', NO_COLOR: '1' }
      const { out } = await run(argv, control, { isTerminal, columns: 200, variables })
      assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
      assert.match(out, /evil/)
    }
  }
})

test('show prints recipients, routes and a harmless header', async () => {
  const { status, out } = await run(['queue', 'show', 'A1'], filled())
  assert.equal(status, 0)
  assert.match(
    out,
    /^id +A1\nreceived +2024-05-01 11:00:00, 1h ago, from 192\.168\.1\.50\nsize +12\.3 KB\nfrom +a@example\.com\n/,
  )
  assert.match(out, /to1@elsewhere\.example +delivered +250 2\.0\.0 OK\n/)
  assert.match(out, /to2@elsewhere\.example +held +0 +smart host smtp\.example:587 +no route\n/)
  assert.ok(out.endsWith('\nSubject: red\nFrom: a@example.com\n'))
  assert.deepEqual(await run(['queue', 'show', 'nope'], filled()), {
    status: 1,
    out: '',
    err: 'postern: There is no message nope in the queue.\n',
  })
  assert.equal(JSON.parse((await run(['queue', 'show', 'A1', '--json'], filled())).out).message.id, 'A1')
})

test('hold, release, retry and remove say what they did', async () => {
  const control = filled()
  assert.equal((await run(['queue', 'hold', 'A1'], control)).out, 'Held 1 message.\n')
  assert.ok(control.queue[0]?.states.every(({ kind }) => kind === 'held'))
  const released = await run(['queue', 'release', '--all'], control)
  assert.equal(released.out, 'Released 2 messages; they go when the relay runs.\n')
  assert.equal(
    (await run(['queue', 'retry'], control)).out,
    'Will now try 2 messages; they go when the relay runs.\n',
  )
  assert.equal((await run(['queue', 'remove', 'A1', 'B2'], control)).out, 'Removed 2 messages.\n')
  assert.deepEqual(control.queue, [])
  assert.equal((await run(['queue', 'remove', '--all'], control)).out, 'Removed 0 messages.\n')
})

test('an unknown id gives 1, and the others are changed', async () => {
  const control = filled()
  assert.deepEqual(await run(['queue', 'remove', 'nope', 'B2'], control), {
    status: 1,
    out: 'Removed 1 message.\n',
    err: 'postern: There is no message nope in the queue.\n',
  })
  assert.deepEqual(await run(['queue', 'hold', 'nope'], control), {
    status: 1,
    out: '',
    err: 'postern: There is no message nope in the queue.\n',
  })
  const json = await run(['queue', 'hold', 'nope', 'A1', '--json'], control)
  assert.deepEqual(json, {
    status: 1,
    out: '{"changed":["A1"],"unknown":["nope"],"sending":[],"left":[]}\n',
    err: '',
  })
})

test('nothing is removed where it is not said what', async () => {
  const control = filled()
  for (const argv of [['remove'], ['hold'], ['release'], ['remove', '--all', 'A1']]) {
    assert.equal((await run(['queue', ...argv], control)).status, 2)
  }
  assert.equal(control.queue.length, 2)
})

test('what is being sent is shown as that, and an operation on it says what will come', async () => {
  const control = filled()
  control.sending = [0]
  const { out } = await run(['queue', 'list'], control)
  assert.match(out, / sending /)
  const removed = await run(['queue', 'remove', 'A1'], control)
  assert.match(removed.err, /^A1 is being sent right now: what this attempt delivers is delivered\.\n$/)
})

test('a named message that stays as it was gives its reason and 1; with all there is nothing to complain of', async () => {
  const control = filled()
  control.left = [{ id: 'A1', why: "it isn't held" }]
  const named = await run(['queue', 'release', 'A1'], control)
  assert.equal(named.status, 1)
  assert.match(named.err, /Message A1 stays as it was: it isn't held\./)
  const all = await run(['queue', 'release', '--all'], control)
  assert.deepEqual([all.status, all.err], [0, ''])
})

test('show says what a reply means, what to do, where, and who says so', async () => {
  const control = new MemoryControl()
  const denied = { code: 535, status: '5.7.3', text: 'Authentication unsuccessful' }
  control.queue = [queued('A1', [{ ...waiting, reply: denied }, held])]
  const { out } = await run(['queue', 'show', 'A1'], control)
  const [, told = ''] = out.split('\nto0@elsewhere.example\n')
  const lines = told.split('\n')
  for (const [at, name] of ['means', 'why', 'to do', 'setting', 'source'].entries())
    assert.match(lines[at] ?? '', new RegExp(`^  ${name.padEnd(8)}  \\S.*\\S$`))
  assert.match(told, /setting {3}delivery\.routes\[0\]\.login\n/)
  assert.match(told, /source {4}.*, https:\/\/learn\.microsoft\.com\//)
  assert.doesNotMatch(told, /to1@/)
  const json = JSON.parse((await run(['queue', 'show', 'A1', '--json'], control)).out)
  assert.equal(json.meanings[0].mends[0].path, 'delivery.routes[0].login')
  assert.equal(json.meanings[1], null)
})
