/** `postern log`: the past, and what happens now. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { runCommand } from '../../../app/command/program.ts'
import { ControlServer } from '../../../app/control/server.ts'
import type { Event } from '../../../app/log/event.ts'
import { environmentOf, now, run, sink } from '../../support/command.ts'
import { makeFolder } from '../../support/folder.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const warning = (text: string, time = now): Event => ({ kind: 'warning', text, time })

test('log prints a line for each event', async () => {
  const control = new MemoryControl()
  control.events = [warning('one'), warning('two')]
  assert.deepEqual(await run(['log'], control), {
    status: 0,
    out: '2024-05-01 12:00:00  warning: one\n2024-05-01 12:00:00  warning: two\n',
    err: '',
  })
  assert.deepEqual(await run(['log'], new MemoryControl()), { status: 0, out: '', err: '' })
})

test('--json prints lines of JSON, on a terminal too', async () => {
  const control = new MemoryControl()
  control.events = [warning('one\u001b[2J\n'), warning('two')]
  const { out } = await run(['log', '--json'], control, { isTerminal: true, columns: 80 })
  assert.doesNotMatch(out, /\u001b/)
  assert.deepEqual(
    out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
    control.events,
  )
})

test('under a refusal stands what it means, and nothing under what went well', async () => {
  const to = { id: 'A1', to: 'b@y.example', via: 'mx.y.example:25', time: now }
  const refused: Event = {
    ...to,
    kind: 'failed',
    reply: { code: 552, status: '5.2.2', text: 'Mailbox\u001b[2J full' },
  }
  const taken: Event = { ...to, kind: 'delivered', reply: { code: 250, status: '2.0.0', text: 'OK' } }
  const control = new MemoryControl()
  control.events = [refused, taken]
  const { out } = await run(['log'], control)
  const lines = out.trimEnd().split('\n')
  assert.equal(lines.length, 3)
  assert.match(lines[1] ?? '', /^ {4}The recipient's mailbox is full\. \S/)
  assert.doesNotMatch(out, /\u001b/)
  const [failed, delivered] = (await run(['log', '--json'], control)).out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.match(failed.meaning.means, /mailbox is full/)
  assert.equal(failed.meaning.mends[0].kind, 'tell-recipient')
  assert.deepEqual(delivered, taken)
})

const at = { session: 's1', client: '192.0.2.1', time: now }
const late = { code: 421, status: '4.4.2', text: 'The session has lasted too long; closing the connection' }
const barred: Event = { kind: 'session-refused', reply: late, ...at }
const loggedOn: Event = { kind: 'logged-on', user: 'fred', ...at }

test('--why tells under each refusal, and under nothing else, what the window tells', async () => {
  const control = new MemoryControl()
  control.events = [barred, loggedOn, { ...barred, client: '192.0.2.2' }]
  const lines = (await run(['log', '--why'], control)).out.trimEnd().split('\n')
  const why = ['    This happened.', '    By this row.', '    Do this.']
  assert.deepEqual([...lines.slice(1, 4), ...lines.slice(6)], [...why, ...why])
  assert.match(lines[4] ?? '', /logged on as fred/)
  const json = (await run(['log', '--why', '--json'], control)).out.trimEnd().split('\n')
  const [first, second] = json.map(line => JSON.parse(line))
  assert.deepEqual([first.why.kind, second.why], ['session-timeout', undefined])
  assert.doesNotMatch((await run(['log'], control)).out, /This happened/)
})

test('--why asks about very many some at a time', async () => {
  const control = new MemoryControl()
  control.events = Array.from({ length: 2500 }, (_, number) => ({ ...barred, session: `s${number}` }))
  const asked: number[] = []
  const answer = control.whyRefused.bind(control)
  control.whyRefused = events => {
    asked.push(events.length)
    return answer(events)
  }
  const { out } = await run(['log', '--why', '--limit', '2500'], control)
  assert.deepEqual(asked, [1000, 1000, 500])
  assert.equal(out.split('This happened').length - 1, 2500)
})

test('the options become the query', async () => {
  const control = new MemoryControl()
  await run(['log'], control)
  await run(['log', '--since', '2h', '--match', 'fred', '--limit', '5'], control)
  await run(['log', '--since', '2024-05-01'], control)
  assert.deepEqual(control.queries, [
    {},
    { since: now - 7_200_000, match: 'fred', limit: 5 },
    { since: new Date(2024, 4, 1).getTime() },
  ])
})

test('there is nothing to follow where no relay runs', async () => {
  const { status, err } = await run(['log', '--follow'], new MemoryControl())
  assert.equal(status, 1)
  assert.match(
    err,
    /^postern: No relay is running on this data folder to follow; start it with "postern serve"\.\n$/,
  )
})

/** A running relay and a command that follows it; `seen` waits for a line. */
async function following(t: TestContext, control: MemoryControl, ...more: string[]) {
  const folder = await makeFolder(t)
  const server = new ControlServer(control, control.onEvent)
  await server.listen(join(folder, 'control.sock'))
  t.after(() => server.close())
  const stop = new AbortController()
  const stdout = new PassThrough()
  const stderr = sink()
  let out = ''
  const seen = async (text: string) => {
    while (!out.includes(text)) await new Promise(resolve => stdout.once('data', resolve))
  }
  stdout.on('data', part => {
    out += String(part)
  })
  const environment = environmentOf(control, {
    stdout,
    stderr: stderr.stream,
    signal: stop.signal,
    variables: { POSTERN_DATA: folder },
  })
  const status = runCommand(['log', '--follow', ...more], environment)
  return { server, stop, status, seen, out: () => out, err: stderr.text }
}

test('--follow prints the last ten and then what happens, until it is stopped', async t => {
  const control = new MemoryControl()
  control.events = Array.from({ length: 30 }, (_, at) => warning(`past ${at}`, now + at))
  const { status, seen, out, stop, err } = await following(t, control)
  await seen('past 29')
  control.emit(warning('live 1'))
  control.emit(warning('live 2'))
  await seen('live 2')
  stop.abort()
  assert.equal(await status, 0)
  assert.deepEqual(
    out()
      .trimEnd()
      .split('\n')
      .map(line => line.replace(/^.*warning: /, '')),
    [...Array.from({ length: 10 }, (_, at) => `past ${at + 20}`), 'live 1', 'live 2'],
  )
  assert.equal(err(), '')
})

test('--follow --why tells it of each refusal as it comes, in their order', async t => {
  const control = new MemoryControl()
  control.events = [loggedOn]
  const { status, seen, out, stop } = await following(t, control, '--why')
  await seen('logged on as fred')
  control.emit(barred)
  control.emit({ ...loggedOn, user: 'anna' })
  await seen('logged on as anna')
  stop.abort()
  assert.equal(await status, 0)
  assert.match(
    out(),
    /lasted too long[^\n]*\n {4}This happened\.\n {4}By this row\.\n {4}Do this\.\n.*logged on as anna/,
  )
})

test('--follow ends with the relay', async t => {
  const control = new MemoryControl()
  control.events = [warning('past')]
  const { status, seen, server, out, err } = await following(t, control, '--json')
  await seen('past')
  control.emit({ kind: 'stopped', time: now })
  await server.close()
  assert.equal(await status, 0)
  assert.equal(JSON.parse(out().trimEnd().split('\n').at(-1) ?? '').kind, 'stopped')
  assert.equal(err(), 'The relay has stopped.\n')
})

test('--follow prints what happens while the past is read, once and in order', async t => {
  const control = new MemoryControl()
  control.events = [warning('past')]
  const read = control.readLog.bind(control)
  control.readLog = async query => {
    control.emit(warning('meanwhile, written'))
    const past = await read(query)
    control.emit(warning('meanwhile, not written'))
    return past
  }
  const { status, seen, out, stop } = await following(t, control)
  await seen('not written')
  control.emit(warning('live'))
  await seen('live')
  stop.abort()
  await status
  assert.deepEqual(
    out()
      .trimEnd()
      .split('\n')
      .map(line => line.replace(/^.*warning: /, '')),
    ['past', 'meanwhile, written', 'meanwhile, not written', 'live'],
  )
})

test('--follow --match shows only what matches, without case', async t => {
  const control = new MemoryControl()
  control.events = [warning('about fred')]
  const { status, seen, out, stop } = await following(t, control, '--match', 'fred')
  await seen('about fred')
  control.emit(warning('about anna'))
  control.emit(warning('about FRED again'))
  await seen('again')
  stop.abort()
  await status
  assert.doesNotMatch(out(), /anna/)
})
