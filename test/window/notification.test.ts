/** A notification on the desktop, once, when something needs a person; none for retries, nor for what a person did. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startBus } from '../support/bus.ts'
import { startNextHop } from '../support/next-hop.ts'
import { startNotifications } from '../support/notifications.ts'
import { swaks } from '../support/swaks.ts'
import { makeDesk } from './app.ts'
import { until } from './hands.ts'

test('held mail is told of once, retries are not, and a click opens the window', async t => {
  const bus = await startBus(t)
  const desktop = await startNotifications(t, bus)
  // Of a server that is away somebody would be told after three attempts.
  const later = (line: string) =>
    line.startsWith('RCPT') ? '450 4.2.0 Greylisted, try again later' : undefined
  const hop = await startNextHop(t, { answer: later })
  const hosts = [`127.0.0.1:${hop.port}`]
  const routes = [{ to: ['later.example'], via: 'smart-host', hosts, encryption: 'none' }]
  const desk = await makeDesk(t, { bus, settings: { delivery: { routes, retry: ['1s'] } } })
  const app = await desk.launch('--hidden')
  const port = await app.port()
  const send = async (to: string) => {
    const sent = await swaks(t, { port, from: 'a@example.com', to: [to] })
    assert.equal(sent.code, 0, sent.transcript)
  }
  const attempts = async () =>
    (await app.control.readLog({})).filter(({ kind }) => kind === 'deferred').length

  await send('friend@later.example')
  await until('three attempts', async () => (await attempts()) >= 3)
  const [first] = await app.control.listQueue({})
  await app.control.holdMessages({ ids: [first?.id ?? ''] })
  await until('it to be held', async () => (await app.control.status()).queue.held === 1)
  await app.control.releaseMessages({ ids: [first?.id ?? ''] })
  assert.equal(desktop.shown.length, 0)

  await send('friend@elsewhere.example')
  await until('the notification', () => desktop.shown.length > 0)
  const more = await attempts()
  await send('friend@elsewhere.example')
  await until('more attempts', async () => (await attempts()) >= more + 2)
  const [shown, ...others] = desktop.shown
  assert.ok(shown)
  assert.deepEqual(others, [])
  assert.equal(shown.title, 'Postern')
  assert.equal(shown.body, 'Mail is held because no mail sender sends it on: 1 in the queue.')

  const opened = app.electron.waitForEvent('window')
  desktop.click(shown)
  const page = await opened
  await page.getByRole('heading', { name: 'Queue' }).waitFor()
})
