/** `postern settings diff`. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { stamp } from '../../../app/command/time.ts'
import { now, run } from '../../support/command.ts'
import { makeFolder } from '../../support/folder.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const gained = {
  change: 'gained',
  recipients: 'external',
  who: ['fred'],
  words: 'fred can send to addresses outside after logging on, from every address.',
  ranges: ['0.0.0.0/0', '::/0'],
  rangeCount: 2,
} as const

function controlWith(): MemoryControl {
  const control = new MemoryControl()
  control.comparison = { ok: true, words: ['smtp.access[0]: added allow any'], senders: [gained] }
  control.earlier = [
    { text: '{}', entry: { file: 'old.json', time: now, by: 'window', words: 'x' } },
    { text: '{}', entry: { file: 'older.json', time: now, by: 'window', words: 'y' } },
  ]
  control.replayed = {
    tried: 12,
    flips: [
      {
        client: '203.0.113.9',
        user: 'fred',
        to: 'a@elsewhere.org',
        verdict: 'accept',
        reply: '250 2.1.5 Recipient accepted',
        count: 3,
        last: now,
      },
    ],
  }
  return control
}

test('of very many only the first are told, and the rest is counted', async t => {
  const file = join(await makeFolder(t), 'office.json')
  await writeFile(file, '{"schema":1}')
  const control = controlWith()
  control.comparison = { ok: true, words: ['x'], senders: [gained], senderCount: 1201 }
  assert.match((await run(['settings', 'diff', file], control)).out, /\n… and 1200 more\.\n/)
  assert.equal(JSON.parse((await run(['settings', 'diff', file, '--json'], control)).out).senderCount, 1201)
})

test('a file is compared with the settings in force, and the decisions of the log are taken again', async t => {
  const file = join(await makeFolder(t), 'office.json')
  await writeFile(file, '{"schema":1}')
  const control = controlWith()
  const { status, out } = await run(['settings', 'diff', file], control)
  assert.equal(status, 0)
  const sources = [{ kind: 'current' }, { kind: 'text', text: '{"schema":1}' }]
  assert.deepEqual(control.sources, [...sources, ...sources])
  assert.equal(
    out,
    [
      'smtp.access[0]: added allow any',
      '',
      'gained  fred can send to addresses outside after logging on, from every address.',
      '',
      'Of the last 12 decisions these would change:',
      `${'last'.padEnd(stamp(now).length)}  times  client       user  to               then`,
      `${stamp(now)}      3  203.0.113.9  fred  a@elsewhere.org  250 2.1.5 Recipient accepted`,
      '',
    ].join('\n'),
  )
})

test('queued mail that would go another way is listed, the rest is counted', async () => {
  const control = controlWith()
  control.replayed = { tried: 0, flips: [] }
  const one = {
    id: 'A1',
    to: 'b@y.example',
    before: 'held: no route for y.example',
    after: 'smart host b:25',
  }
  control.rerouting = { recipients: 3, messages: 2, list: [one, { ...one, id: 'A2', sending: true }] }
  const { out } = await run(['settings', 'diff', 'old.json'], control)
  const lines = out.split('\n').slice(4)
  assert.deepEqual(lines, [
    '3 recipients of 2 queued messages would go another way:',
    'id  to           before                        after',
    'A1  b@y.example  held: no route for y.example  smart host b:25',
    'A2  b@y.example  held: no route for y.example  smart host b:25, unless it is being sent right now',
    'and 1 more',
    '',
  ])
  const { rerouting } = JSON.parse((await run(['settings', 'diff', 'old.json', '--json'], control)).out)
  assert.deepEqual(rerouting, control.rerouting)
})

test('earlier files are known by their names in the history', async () => {
  const control = controlWith()
  await run(['settings', 'diff', 'older.json', 'old.json'], control)
  assert.deepEqual(control.sources.slice(0, 2), [
    { kind: 'history', file: 'older.json' },
    { kind: 'history', file: 'old.json' },
  ])
})

test('nothing that differs, and decisions that all stay, are said in a sentence', async () => {
  const control = controlWith()
  control.comparison = { ok: true, words: [], senders: [] }
  assert.equal((await run(['settings', 'diff', 'old.json'], control)).out, 'Nothing differs.\n')
  control.comparison = { ok: true, words: ['hostname: "a" → "b"'], senders: [] }
  control.replayed = { tried: 1, flips: [] }
  assert.equal(
    (await run(['settings', 'diff', 'old.json'], control)).out,
    'hostname: "a" → "b"\n\nWho can send stays as it is.\nOf the last decision none would change.\n',
  )
})

test('settings with problems give 2, each with its path; so does a file that is not there', async () => {
  const control = controlWith()
  control.comparison = { ok: false, problems: [{ path: 'smtp.access[0].from', text: 'Write an address.' }] }
  const refused = await run(['settings', 'diff', 'old.json'], control)
  assert.equal(refused.status, 2)
  assert.match(refused.err, /smtp\.access\[0\]\.from: Write an address\./)
  assert.equal((await run(['settings', 'diff', '/nonexistent/x.json'], control)).status, 2)
})

test('the JSON holds the changes, who gains and loses, and the decisions', async () => {
  const { out } = await run(['settings', 'diff', 'old.json', '--json'], controlWith())
  const { changes, senders, tried, flips } = JSON.parse(out)
  assert.deepEqual([changes.length, senders, tried, flips.length], [1, [gained], 12, 1])
})
