/** The queue page with a next hop that is down: mail waits, is held, released, retried and removed, and the tray follows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { startBus } from '../support/bus.ts'
import { type Item, startNotifier } from '../support/notifier.ts'
import { startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'
import { makeDesk } from './app.ts'
import { draftBar, openPage, until } from './hands.ts'
import { letter } from './letter.ts'

const names = ['one', 'two', 'three'] as const

/** The row of the message to a recipient. */
const rowOf = (page: Page, name: string) =>
  page.getByRole('row').filter({ hasText: `to ${name}@elsewhere.example` })

async function act(page: Page, name: string, action: string, said: string): Promise<void> {
  await rowOf(page, name).getByRole('checkbox').check()
  await page.getByRole('main').getByRole('button', { name: action }).click()
  if (action === 'Remove…')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove/ })
      .click()
  await draftBar(page).getByText(said).waitFor()
}

/** Until the desktop shows it: the tooltip, and the letter's or the warning's colour in the picture. */
async function shows(item: Item, tooltip: string, state: 'plain' | 'letter' | 'full'): Promise<void> {
  await until(`the tooltip ${tooltip}`, async () => (await item.tooltip()) === tooltip)
  await until(`the picture ${state}`, async () => {
    const { pixels } = await item.picture()
    if (pixels.includes('f5a800')) return state === 'full'
    return state === (pixels.includes('3f4650') ? 'letter' : 'plain')
  })
}

test('mail that waits is held, released, retried and removed by clicking, and goes or stays accordingly', async t => {
  const bus = await startBus(t)
  const itemOf = await startNotifier(t, bus)
  const sink = await startSink(t)
  await sink.stop()
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }]
  const desk = await makeDesk(t, { bus, settings: { delivery: { routes, retry: ['1h'] } } })
  const app = await desk.launch()
  const page = await app.page()
  const item = await itemOf()
  await shows(item, 'Postern: running, nothing waiting', 'plain')
  await openPage(page, 'Queue')
  await page.getByText('The queue is empty.').waitFor()

  for (const name of names) {
    const to = [`${name}@elsewhere.example`]
    const sent = await swaks(t, { port: await app.port(), from: 'a@example.com', to, data: letter(name) })
    assert.equal(sent.code, 0, sent.transcript)
  }
  for (const name of names) await rowOf(page, name).getByText('waiting').waitFor()
  await rowOf(page, 'one')
    .getByText(/in 1\shour|in 5\d\sminutes/)
    .waitFor()
  await shows(item, 'Postern: running, 3 waiting', 'letter')

  await act(page, 'two', 'Hold', '1 message held.')
  await rowOf(page, 'two').getByText('held', { exact: true }).waitFor()
  await shows(item, 'Postern: running, 2 waiting (1 held)', 'full')

  await act(page, 'three', 'Remove…', '1 message removed.')
  await rowOf(page, 'three').waitFor({ state: 'detached' })
  await shows(item, 'Postern: running, 1 waiting (1 held)', 'full')

  // The next hop is back: what is retried goes, what is held stays.
  await sink.start()
  await act(page, 'one', 'Retry now', '1 message set to be tried now.')
  const [first] = await sink.waitForMail(1)
  assert.ok(first?.content.subarray(-letter('one').length).equals(letter('one')))
  await rowOf(page, 'one').waitFor({ state: 'detached' })
  await rowOf(page, 'two').getByRole('button').click()
  const detail = page.getByRole('dialog')
  await detail.getByText(/held: /).waitFor()
  assert.equal(sink.received.length, 1)

  await detail.getByRole('button', { name: 'Release' }).click()
  const [, second] = await sink.waitForMail(2)
  assert.ok(second?.content.subarray(-letter('two').length).equals(letter('two')))
  await page.getByText('The queue is empty.').waitFor()
  await shows(item, 'Postern: running, nothing waiting', 'plain')
  assert.equal(sink.received.length, 2)
})
