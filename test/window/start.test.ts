/** Starting and ending: without a display, with the session, where it stood before, and with the port taken. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Control } from '../../app/control/control.ts'
import { startDisplay } from '../support/display.ts'
import { atEnd, type Ending } from '../support/ending.ts'
import { startProcess } from '../support/process.ts'
import { startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'
import { makeDesk, portOf } from './app.ts'

const root = join(import.meta.dirname, '../..')

test('where there is no display, npm start says so in a sentence and serves', async t => {
  const desk = await makeDesk(t)
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = desk.env
  const withoutDisplay = ['env', '-u', 'DISPLAY', '-u', 'WAYLAND_DISPLAY']
  const words = ['--data', desk.folder, '--hidden']
  const started = await startProcess(
    t,
    [...withoutDisplay, process.execPath, '--import=tsx', 'scripts/start.ts', ...words],
    {
      cwd: root,
      env,
    },
  )
  await started.waitFor(/^ready$/m)
  assert.match(
    started.output,
    /^There is no display: Postern serves without its window; stop it with Ctrl-C\.$/m,
  )
  await desk.control()
  assert.equal((await started.end()).code, 0)
})

test('the window opens where it was closed, on the page it showed', async t => {
  const display = await startDisplay(t)
  const desk = await makeDesk(t, { display })
  const first = await desk.launch()
  const page = await first.page()
  const bounds = { x: 70, y: 60, width: 800, height: 600 }
  assert.match(page.url(), /^app:\/\/postern\/index\.html(#status)?$/)
  await page.evaluate(() => {
    window.location.hash = 'smtp/access'
  })
  await first.electron.evaluate(({ BrowserWindow }, wanted) => {
    BrowserWindow.getAllWindows()[0]?.setBounds(wanted)
  }, bounds)
  const placed = () =>
    first.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  await waitFor('the window to move', async () => ((await placed())?.x === bounds.x ? true : undefined))
  await first.electron.close()
  await first.ended
  const second = await desk.launch()
  const again = await second.page()
  assert.match(again.url(), /#smtp\/access$/)
  const found = await second.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  )
  assert.deepEqual(found, bounds)
})

test('start with the system makes an entry that starts it hidden, and takes it away again', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  const page = await app.page()
  const file = join(desk.config, 'autostart', 'postern.desktop')
  const set = (on: boolean) =>
    page.evaluate(async wanted => {
      await window.postern.ask('setAutostart', wanted)
      return (await window.postern.ask('snapshot')).app.autostart
    }, on)
  assert.equal(await set(true), true)
  const [, exec = ''] = /^Exec=(.*)$/m.exec(await readFile(file, 'utf8')) ?? []
  assert.ok(exec.includes(`--hidden --data=${desk.folder}`), exec)
  assert.equal((await stat(file)).mode & 0o777, 0o644)
  await app.electron.close()
  await app.ended
  // As a desktop would, but for what root and this display need.
  const command = exec.split(' ').toSpliced(1, 0, '--no-sandbox', '--disable-gpu')
  const started = await startProcess(t, command, { env: desk.env })
  assert.ok(portOf(await (await desk.control()).status()) > 0)
  assert.equal((await started.end()).code, 0)
})

test('autostart can be taken back', async t => {
  const desk = await makeDesk(t)
  const page = await (await desk.launch()).page()
  const left = await page.evaluate(async () => {
    await window.postern.ask('setAutostart', true)
    await window.postern.ask('setAutostart', false)
    return (await window.postern.ask('snapshot')).app.autostart
  })
  assert.equal(left, false)
  assert.equal(existsSync(join(desk.config, 'autostart', 'postern.desktop')), false)
})

/** A port that something else listens on. */
async function takenPort(t: Ending): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  atEnd(t, () => void server.close())
  const address = server.address()
  assert.ok(typeof address === 'object' && address)
  return address.port
}

test('with its port taken the window still opens, says why, and a change of the port mends it', async t => {
  const port = await takenPort(t)
  const listeners = [{ address: '127.0.0.1', port, encryption: 'none' }]
  const desk = await makeDesk(t, { settings: { smtp: { listeners } } })
  const app = await desk.launchUnanswered()
  const page = await app.page()
  const before = await waitFor('the reason', async () => {
    const status = await page.evaluate(() => window.postern.ask('status'))
    return status.warnings[0]?.kind === 'not-running' ? status : undefined
  })
  assert.equal(before.running, false)
  assert.match(
    before.warnings[0]?.text ?? '',
    /^Postern doesn't take mail: .*Port \d+ is in use by another program/,
  )
  const applied = await page.evaluate(async () => {
    const { settings, revision } = await window.postern.ask('snapshot')
    const draft = structuredClone(settings) as { smtp: { listeners: { port: number }[] } }
    for (const listener of draft.smtp.listeners) listener.port = 0
    return window.postern.ask('applyDraft', draft, revision)
  })
  assert.ok(applied.ok, JSON.stringify(applied))
  const control: Control = await desk.control()
  const status = await waitFor('it to run', async () => {
    const now = await control.status()
    return now.running ? now : undefined
  })
  const sent = await swaks(t, { port: portOf(status), from: 'a@example.com', to: ['support@example.com'] })
  assert.equal(sent.code, 0, sent.transcript)
})

test('quitting finishes the message that is being sent', async t => {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  let asked = () => {}
  const sending = new Promise<void>(resolve => {
    asked = resolve
  })
  const sink = await startSink(t, {
    async reply({ stage }) {
      if (stage !== 'content') return undefined
      asked()
      await held
      return undefined
    },
  })
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }]
  const desk = await makeDesk(t, { settings: { delivery: { routes } } })
  const app = await desk.start('--hidden')
  const control = await desk.control()
  const port = portOf(await control.status())
  const sent = await swaks(t, { port, from: 'a@example.com', to: ['someone@elsewhere.example'] })
  assert.equal(sent.code, 0, sent.transcript)
  await sending
  app.signal('SIGTERM')
  await waitFor('it to take no more', async () => ((await desk.answers()) ? undefined : true))
  release()
  assert.equal((await app.ended).code, 0)
  assert.equal(sink.received.length, 1)
  const folder = join(desk.folder, 'log')
  const logs = await Promise.all((await readdir(folder)).map(name => readFile(join(folder, name), 'utf8')))
  assert.match(logs.join(''), /"kind":"delivered"[\s\S]*"kind":"stopped"/)
})
