/** Commands reach a running relay through its socket, and without one open the folder themselves; `send-test` and `doctor` too. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ControlServer } from '../../../app/control/server.ts'
import { FolderHeld } from '../../../app/settings/lock.ts'
import { run } from '../../support/command.ts'
import { makeFolder } from '../../support/folder.ts'
import { MemoryControl, queued } from '../../support/memory-control.ts'

/** A relay that runs on a folder, and commands that are run against it from outside. */
async function running(t: TestContext) {
  const folder = await makeFolder(t)
  const control = new MemoryControl()
  const server = new ControlServer(control, control.onEvent)
  await server.listen(join(folder, 'control.sock'))
  t.after(() => server.close())
  const openOffline = async () => {
    throw new Error('The folder was opened although a relay runs on it.')
  }
  const outside = (...argv: string[]) =>
    run([...argv, '--data', folder], new MemoryControl(), { openOffline })
  return { control, server, folder, outside }
}

test('commands change the running relay', async t => {
  const { control, outside } = await running(t)
  assert.equal((await outside('settings', 'set', 'hostname', 'new.example')).status, 0)
  assert.equal(control.settings['hostname'], 'new.example')
  assert.equal((await outside('settings', 'get', 'hostname')).out, 'new.example\n')
  assert.equal((await outside('user', 'add', 'a', '--address', 'a@example.com')).status, 0)
  assert.deepEqual([...control.users.keys()], ['a'])
  assert.equal((await outside('settings', 'get', 'no.such')).status, 2)
  control.queue = [queued('A1', [{ kind: 'held', attempts: 0, by: 'person', why: 'by hand' }])]
  assert.equal((await outside('queue', 'release', 'A1')).out, 'Released 1 message.\n')
  assert.equal((await outside('queue', 'show', 'nope')).status, 1)
  assert.equal((await outside('explain', '--client', '192.0.2.1', '--to', 'x@y.example')).status, 0)
})

test('a refusal and a failure read the same through the socket', async t => {
  const { outside } = await running(t)
  assert.deepEqual(await outside('settings', 'set', 'smtp.maxRecipients', 'many'), {
    status: 2,
    out: '',
    err: 'smtp.maxRecipients: This must be a number.\n',
  })
  assert.deepEqual(await outside('user', 'remove', 'nobody'), {
    status: 1,
    out: '',
    err: 'postern: There is no account nobody; "postern user list" shows those there are.\n',
  })
})

test('after the relay has stopped the folder is opened instead', async t => {
  const { server, folder } = await running(t)
  await server.close()
  const control = new MemoryControl()
  assert.equal((await run(['settings', 'set', 'x', '1', '--data', folder], control)).status, 0)
  assert.equal(control.settings['x'], 1)
})

test('send-test shows the dialogue and the outcome', async t => {
  const { control, outside } = await running(t)
  control.sent = { ...control.sent, dialogue: ['S: 220 hi\u001b[2J', 'C: EHLO x'] }
  assert.deepEqual(await outside('send-test', '--to', 'me@elsewhere.example'), {
    status: 0,
    out: 'S: 220 hi\nC: EHLO x\ndelivered by smart host smtp.example:587: smtp.example took the message.\n',
    err: '',
  })
  control.sent = { ...control.sent, delivered: false, dialogue: [], text: 'It said 550 5.1.1 Unknown.' }
  const failed = await outside('send-test', '--to', 'me@elsewhere.example')
  assert.equal(failed.status, 1)
  assert.equal(failed.out, 'not delivered by smart host smtp.example:587: It said 550 5.1.1 Unknown.\n')
  assert.match(failed.err, /"postern log --match T1"/, 'it is in the queue no more')
  control.queue = [queued('T1', [{ kind: 'waiting', attempts: 1, next: 0 }])]
  assert.match((await outside('send-test', '--to', 'me@x.example')).err, /"postern queue show T1"/)
  control.sent = { ...control.sent, via: 'nobody', text: 'held: no route for x.example' }
  const held = await outside('send-test', '--to', 'me@x.example')
  assert.equal(held.out.split('\n').at(-2), 'not delivered, but held: no route for x.example')
  const json = await outside('send-test', '--to', 'me@elsewhere.example', '--json')
  assert.equal(json.status, 1)
  assert.deepEqual(JSON.parse(json.out), control.sent)
})

test('doctor prints its checks and gives 1 when one failed', async () => {
  const control = new MemoryControl()
  control.checks = [
    { name: 'disk', state: 'ok', text: '12 GB are free.' },
    { name: 'clock', state: 'warning', text: 'It is 3 minutes late; set it.' },
  ]
  assert.deepEqual(await run(['doctor'], control), {
    status: 0,
    out: 'ok       disk: 12 GB are free.\nwarning  clock: It is 3 minutes late; set it.\n',
    err: '',
  })
  control.checks = [...control.checks, { name: 'port', state: 'failed', text: 'Port 25 is\u001b[2J in use.' }]
  const failed = await run(['doctor'], control)
  assert.equal(failed.status, 1)
  assert.match(failed.out, /\nfailed {3}port: Port 25 is in use\.\n$/)
  const json = await run(['doctor', '--json'], control)
  assert.equal(json.status, 1)
  assert.deepEqual(JSON.parse(json.out), control.checks)
})

test('a folder that another command holds for a moment is waited for', async () => {
  let looks = 0
  const openOffline = async (folder: string) => {
    looks += 1
    if (looks < 3) throw new FolderHeld(folder, 7)
    return { control: new MemoryControl(), close: async () => undefined }
  }
  assert.equal((await run(['secret', 'list'], new MemoryControl(), { openOffline })).status, 0)
  assert.equal(looks, 3)
})

test('a relay that takes the folder and listens a moment later is reached', async t => {
  const { control, server, folder } = await running(t)
  await server.close()
  const later = new ControlServer(control, control.onEvent)
  t.after(() => later.close())
  const openOffline = async () => {
    await later.listen(join(folder, 'control.sock'))
    throw new FolderHeld(folder, 7)
  }
  const ran = await run(['settings', 'set', 'x', '2', '--data', folder], new MemoryControl(), { openOffline })
  assert.equal(ran.status, 0)
  assert.equal(control.settings['x'], 2)
})
