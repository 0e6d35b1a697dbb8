/** The tray as a StatusNotifier item over D-Bus, as KDE and GNOME show it: picture, tooltip, menu and click. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBus } from '../support/bus.ts'
import { startNotifier } from '../support/notifier.ts'
import { freePort } from '../support/port.ts'
import { startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'
import { makeDesk } from './app.ts'

test('a desktop reads picture, tooltip and menu, and what it chooses is done', async t => {
  const bus = await startBus(t)
  const firstItem = await startNotifier(t, bus)
  const sink = await startSink(t)
  await sink.stop()
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }]
  const port = await freePort()
  const listeners = [{ address: '127.0.0.1', port, encryption: 'starttls' }]
  const settings = { smtp: { listeners }, delivery: { routes, retry: ['1h'] } }
  const desk = await makeDesk(t, { bus, settings })
  const app = await desk.launch('--hidden')
  const item = await firstItem()
  const until = (what: string, done: () => Promise<boolean>) =>
    waitFor(what, async () => ((await done()) ? true : undefined))

  assert.equal(await item.tooltip(), 'Postern: running, nothing waiting')
  const { sizes, pixels } = await item.picture()
  assert.deepEqual(sizes, [44])
  assert.ok(pixels.filter(pixel => pixel === 'c62828').length > 100)
  const labels = (await item.menu()).map(({ label }) => label)
  assert.deepEqual(labels, [
    'Open Postern',
    'Running, nothing waiting',
    '-',
    'Pause taking mail',
    'Send waiting mail now',
    'Copy device settings',
    '-',
    'Help',
    'Quit Postern',
  ])

  const send = (name: string) => swaks(t, { port, from: 'a@example.com', to: [`${name}@elsewhere.example`] })
  for (const name of ['one', 'two', 'three']) {
    const sent = await send(name)
    assert.equal(sent.code, 0, sent.transcript)
  }
  const [first] = await app.control.listQueue({})
  await app.control.holdMessages({ ids: [first?.id ?? ''] })
  await until('the tooltip', async () => (await item.tooltip()) === 'Postern: running, 2 waiting (1 held)')
  assert.ok((await item.picture()).pixels.filter(pixel => pixel === 'f5a800').length > 20)

  await item.choose('Pause taking mail')
  await until('the pause', async () => (await app.control.status()).listeners.length === 0)
  await until('the tooltip', async () => (await item.tooltip()).startsWith('Postern: not taking mail, '))
  assert.match((await send('nobody')).transcript, /Connection refused/)
  await item.choose('Resume taking mail')
  await until('the end of the pause', async () => (await app.control.status()).listeners.length === 1)
  assert.equal((await send('four')).code, 0)
  await until('the tooltip', async () => (await item.tooltip()) === 'Postern: running, 3 waiting (1 held)')

  await sink.start()
  await item.choose('Send waiting mail now')
  await sink.waitForMail(3)
  await until('the tooltip', async () => (await item.tooltip()) === 'Postern: running, 0 waiting (1 held)')
  const sendNow = (await item.menu()).find(({ label }) => label === 'Send waiting mail now')
  assert.equal(sendNow?.enabled, false)

  await item.choose('Copy device settings')
  const copied = await waitFor('the copy', async () => {
    const text = await app.electron.evaluate(({ clipboard }) => clipboard.readText())
    return text === '' ? undefined : text
  })
  assert.match(copied, /^Outgoing mail server \(SMTP\): 127\.0\.0\.1\nPort: \d+\nEncryption: STARTTLS/)

  const opened = app.electron.waitForEvent('window')
  await item.activate()
  const page = await opened
  const help = { name: 'Help', level: 1 } as const
  await page.getByRole('heading', { name: 'Status', level: 1 }).waitFor()
  await item.choose('Help')
  await page.getByRole('heading', help).waitFor()
  const again = app.electron.waitForEvent('window')
  await page.close()
  await item.choose('Help')
  await (await again).getByRole('heading', help).waitFor()

  await item.choose('Quit Postern')
  const { display } = desk
  const dialog = await waitFor('the question', async () => (await display.windows(/^Quit Postern$/))[0])
  assert.ok(await desk.answers())
  const { x, y, width, height } = await display.placeOf(dialog)
  await display.click({ x: x + Math.round(width / 4), y: y + height - 17 })
  assert.equal(await app.ended, 0)
  assert.equal(await desk.answers(), false)
  assert.equal(sink.received.length, 3)
})
