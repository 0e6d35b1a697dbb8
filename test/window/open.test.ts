/** The window in a real Electron: it opens with the snapshot, may be closed and opened again, and comes back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'
import { makeDesk, portOf } from './app.ts'

test('the window opens with the snapshot of the running relay', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  const page = await app.page()
  const snapshot = await page.evaluate(() => window.postern.ask('snapshot'))
  assert.equal(snapshot.status.running, true)
  assert.equal(snapshot.status.folder, desk.folder)
  assert.equal(snapshot.status.pid, app.pid)
  assert.equal(snapshot.app.secretsKept, 'key file')
  assert.deepEqual(
    snapshot.users.map(({ name }) => name),
    ['support', 'webmaster', 'fred'],
  )
  assert.ok(snapshot.events.some(({ kind }) => kind === 'started'))
  assert.ok(snapshot.machine.localNetworks.includes('127.0.0.0/8'))
  await app.electron.close()
  assert.equal(await app.ended, 0)
})

test('mail goes through while the window is open, and the window is told', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  const page = await app.page()
  await page.evaluate(() => {
    const told: string[] = []
    Object.assign(window, { told })
    window.postern.onTold(one => told.push(one.kind === 'event' ? one.event.kind : one.kind))
  })
  const sent = await swaks(t, { port: await app.port(), from: 'a@example.com', to: ['support@example.com'] })
  assert.equal(sent.code, 0, sent.transcript)
  const told = () => page.evaluate(() => (Reflect.get(window, 'told') as string[]).join())
  await waitFor('the window to be told', async () => /delivered/.test(await told()) || undefined)
  assert.match(await told(), /accepted,.*delivered/)
})

test('closing the window keeps the relay; a second start opens it again and ends', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  const page = await app.page()
  const gone = page.waitForEvent('close')
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await gone
  const sent = await swaks(t, { port: await app.port(), from: 'a@example.com', to: ['support@example.com'] })
  assert.equal(sent.code, 0, sent.transcript)
  const opened = app.electron.waitForEvent('window')
  const second = await desk.start()
  assert.equal((await second.ended).code, 0)
  const again = await opened
  const snapshot = await again.evaluate(() => window.postern.ask('snapshot'))
  assert.ok(snapshot.events.some(({ kind }) => kind === 'accepted'))
})

test('--hidden starts without the window; a second start opens it', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch('--hidden')
  assert.ok(portOf(await app.control.status()) > 0)
  const hidden = await desk.start('--hidden')
  assert.equal((await hidden.ended).code, 0)
  assert.deepEqual(app.electron.windows(), [])
  const opened = app.electron.waitForEvent('window')
  const second = await desk.start()
  assert.equal((await second.ended).code, 0)
  await opened
})

test('when its process is killed the relay goes on, and the window comes back', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  await app.page()
  const pid = await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  )
  assert.ok(pid !== undefined)
  process.kill(pid, 'SIGKILL')
  const back = async () =>
    app.electron.evaluate(({ BrowserWindow }, before) => {
      const [window] = BrowserWindow.getAllWindows()
      if (!window || window.webContents.isLoading()) return undefined
      const now = window.webContents.getOSProcessId()
      return now !== 0 && now !== before ? now : undefined
    }, pid)
  await waitFor('the window', back)
  const sent = await swaks(t, { port: await app.port(), from: 'a@example.com', to: ['support@example.com'] })
  assert.equal(sent.code, 0, sent.transcript)
  const hostname = await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
      'window.postern.ask("snapshot").then(({ settings }) => settings.hostname)',
    ),
  )
  assert.equal(hostname, 'mail.example.com')
})

test('SIGTERM ends it with 0, and the folder is free for the next', async t => {
  const desk = await makeDesk(t)
  const first = await desk.start()
  await desk.control()
  assert.equal((await first.end()).code, 0, first.output)
  const second = await desk.start('--hidden')
  const control = await desk.control()
  const kinds = (await control.readLog({})).map(({ kind }) => kind)
  assert.equal(kinds.filter(kind => kind === 'stopped').length, 1)
  assert.equal((await second.end()).code, 0)
})
