/** Help: read, searched, and a way into the window. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { topicOf, topics } from '../../renderer/help/topics.ts'
import { parsePlace } from '../../renderer/state/place.ts'
import { endOfSuite } from '../support/ending.ts'
import { openBrowser } from './browser.ts'

const vpop3Names = [
  'Bindings',
  'STARTTLS',
  'SSL',
  'throttling',
  'SMTP Authentication',
  'Do not require SMTP authentication for internal/incoming mail',
  'Require POP3 then SMTP authentication',
  'SMTP Anti-Relay Protection method',
  'IP Access Restrictions',
  'Use Global Access Restrictions',
  'Restrict',
  'Allow Unauth',
  'GeoIP',
  'Default for your LAN',
  'Filtering',
  'Spam Reduction',
  'IDS/IPS',
  'Load Limiting',
  'Advanced',
  'HELO',
  'Disable DSN',
  'SMTP relay',
  'SMTP direct',
  'LAN forwarding',
  'Queue viewer',
  'mapping',
  'post box',
]

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

describe('help', () => {
  test('opens from the sidebar, is searched, and leads to what it speaks of', async () => {
    const { page } = await show()
    await page.getByRole('button', { name: 'Help' }).click()
    await page.getByRole('heading', { name: 'What Postern does' }).waitFor()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('clipboard')
    await page.getByRole('heading', { name: 'Printers, scanners and programs' }).waitFor()
    await page.locator('.article').getByRole('button', { name: 'General' }).click()
    await page.getByRole('tab', { name: 'General', selected: true }).waitFor()
    await page.context().close()
  })

  test('what nothing in it matches is said, with what to try', async () => {
    const { page } = await show({ place: 'help' })
    await page.getByRole('searchbox').fill('zzz')
    await page.getByText('Nothing in the help matches “zzz”.').waitFor()
    await page.context().close()
  })

  test('the main process opens it, on a topic too', async () => {
    const { page, tell } = await show({ place: 'queue' })
    await tell({ kind: 'open-page', page: 'help/queue' })
    await page.getByRole('heading', { name: 'The queue' }).waitFor()
    assert.equal(new URL(page.url()).hash, '#help/queue')
    await page.context().close()
  })

  test('who knows VPOP3 finds each of its options by name, or that it is not here', async () => {
    const { page } = await show({ place: 'help' })
    for (const name of vpop3Names) {
      await page.getByRole('searchbox').fill(name)
      await page.getByRole('list', { name: 'Topics' }).getByText('If you know VPOP3').waitFor()
    }
    await page.screenshot({ path: 'test/out/help-vpop3.png' })
    await page.context().close()
  })

  test('every way in it leads somewhere, and every option has a topic', () => {
    const places = topics.flatMap(({ words }) =>
      [...words.matchAll(/\]\(([^)]+)\)/g)].map(([, place = '']) => place),
    )
    assert.ok(places.length > 20)
    assert.deepEqual(
      places.filter(place => parsePlace(place) === undefined),
      [],
    )
    const ids = topics.map(({ id }) => id)
    for (const option of ['smtp.access[].from', 'users[].name', 'delivery.retry', 'hostname', ''])
      assert.ok(ids.includes(topicOf(option)), option)
  })
})
