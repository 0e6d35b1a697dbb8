/** Users, senders, queue and log used as one uses them. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Event } from '../../app/log/event.ts'
import { endOfSuite } from '../support/ending.ts'
import { checkThemes } from './axe.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'
import { tasksDuring } from './tasks.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

describe('users', () => {
  test('one is added with address and password, another removed', async () => {
    const { page, bridge } = await show({ place: 'users' })
    await page.getByRole('button', { name: 'Add user' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('jo')
    await page.getByRole('textbox', { name: 'Addresses' }).fill('jo@example.com, jo.smith@example.com')
    await page.getByLabel('Password', { exact: true }).fill('short')
    await page.getByText('Too short').waitFor()
    await page.getByLabel('Password', { exact: true }).fill('kettle boat harvest moss')
    await page.getByText('Very good.').waitFor()
    await page.screenshot({ path: 'test/out/user-new-light.png' })
    await page.getByRole('button', { name: /^fred/ }).click()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    const users = bridge.raw['users'] as { name: string; addresses: string[]; password?: string }[]
    assert.deepEqual(
      users.map(({ name }) => name),
      ['support', 'webmaster', 'jo'],
    )
    assert.deepEqual(users[2]?.addresses, ['jo@example.com', 'jo.smith@example.com'])
    assert.equal(bridge.passwords.get('jo'), 'kettle boat harvest moss')
    assert.doesNotMatch(await page.content(), /kettle boat/)
    await page.context().close()
  })

  test('a wrong address is said at its field, by name', async () => {
    const { page } = await show({ place: 'users' })
    await page.getByRole('textbox', { name: 'Addresses' }).fill('support@example.com, help@other.example')
    await page
      .locator('.field')
      .getByText('“help@other.example”: Add "other.example" to "localDomains"')
      .waitFor()
    await page.context().close()
  })
})

describe('mail senders', () => {
  test('a smart host with sign-in; the password goes to the secrets only', async () => {
    const raw = { ...officeSettings(), delivery: { routes: [] } }
    const { page, bridge } = await show({ place: 'senders', bridge: new FakeBridge(raw) })
    await page.getByText('No sender yet').waitFor()
    await page.screenshot({ path: 'test/out/senders-empty-light.png' })
    await page.getByRole('button', { name: 'Add sender' }).first().click()
    await page.getByRole('textbox', { name: 'User name' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Tab')
    await page.locator('.card').getByText('Name at least one server here').waitFor()
    await page.getByRole('textbox', { name: 'Servers', exact: true }).fill('smtp.isp.example:587')
    await page.locator('.switch').filter({ hasText: 'Sign-in' }).click()
    await page.getByRole('textbox', { name: 'User name' }).fill('office')
    await page.getByLabel('Password', { exact: true }).fill('very secret')
    await page.keyboard.press('Control+s')
    await page.getByText('Applied.').first().waitFor()
    const { routes } = bridge.raw['delivery'] as { routes: { login: object; hosts: string[] }[] }
    assert.deepEqual(routes[0]?.login, { method: 'password', user: 'office', secret: 'smtp.isp.example' })
    assert.equal(bridge.secrets.get('smtp.isp.example'), 'very secret')
    assert.doesNotMatch(JSON.stringify(bridge.raw), /very secret/)
    await page.context().close()
  })

  test('the review says where mail that waits goes, before and after', async () => {
    const { page, bridge } = await show({ place: 'senders' })
    await page.getByRole('textbox', { name: 'Servers', exact: true }).first().fill('10.1.1.9:25')
    await page.getByRole('button', { name: /^Review/ }).click()
    const told = page.getByRole('region', { name: 'Queued mail that goes another way' })
    await told.getByRole('heading', { name: /^1.recipient of 1.queued message goes another way$/ }).waitFor()
    assert.deepEqual(await told.getByRole('cell').allTextContents(), [
      'orders@partner.example',
      'smart host 10.1.1.4:25',
      'smart host 10.1.1.9:25',
    ])
    await checkThemes(page, 'review-rerouting')
    bridge.queue = []
    await page.context().close()
  })

  test('a test message shows what the servers said', async () => {
    const { page } = await show({ place: 'senders' })
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByLabel('To', { exact: true }).fill('me@elsewhere.example')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.getByText('C: RCPT TO:<me@elsewhere.example>').waitFor()
    await page.screenshot({ path: 'test/out/send-test-light.png' })
    await page.context().close()
  })
})

describe('the queue', () => {
  test('is filtered, held, released, removed', async () => {
    const { page, bridge } = await show({ place: 'queue' })
    /** The first is the head; what the relay answers takes their place. */
    const rows = page.getByRole('row')
    await rows.nth(3).waitFor()
    await page.getByRole('radio', { name: 'Held' }).click()
    await rows.nth(2).waitFor({ state: 'detached' })
    assert.match((await rows.nth(1).textContent()) ?? '', /webmaster@nowhere\.example/)
    await page.getByRole('radio', { name: 'All' }).click()
    await page.getByLabel('Choose the message from fred@example.com').check()
    await page.getByRole('button', { name: 'Hold' }).click()
    await page.getByText('1 message held.').first().waitFor()
    assert.equal(bridge.queue[0]?.states[0]?.kind, 'held')
    await page.getByRole('button', { name: 'fred@example.com' }).click()
    await page.getByRole('dialog').getByText('Subject: Hello').waitFor()
    await page.screenshot({ path: 'test/out/queue-message-light.png' })
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click()
    await page.getByText('1 message released.').first().waitFor()
    await page.getByRole('button', { name: 'support@example.com' }).click()
    await page.getByRole('dialog').getByText('Subject: Hello').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('button', { name: 'Remove 1 message' }).click()
    await page.getByText('1 message removed.').first().waitFor()
    await rows.nth(3).waitFor({ state: 'detached' })
    await page.getByLabel('Choose all messages shown').check()
    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('button', { name: 'Remove 2 messages' }).click()
    await page.getByText('The queue is empty.').waitFor()
    await page.context().close()
  })
})

describe('the queue, in parts and as a whole', () => {
  test('one recipient of several is held, released and removed, the others stay as they were', async () => {
    const bridge = new FakeBridge()
    const [first] = bridge.queue
    assert.ok(first)
    const recipients = ['a@x.example', 'b@y.example'].map(address => ({ address }))
    const states = recipients.map(() => ({
      kind: 'waiting' as const,
      attempts: 1,
      next: Date.now() + 60_000,
    }))
    bridge.queue = [{ ...first, states, envelope: { ...first.envelope, recipients } }]
    const { page } = await show({ place: 'queue', bridge })
    const kinds = () => bridge.queue[0]?.states.map(({ kind }) => kind).join()
    await page.locator('.queue-table').getByRole('button').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Hold for b@y.example only' }).click()
    await dialog.getByText('held: held by hand').waitFor()
    await page.screenshot({ path: 'test/out/queue-recipients-light.png' })
    assert.equal(kinds(), 'waiting,held')
    await dialog.getByRole('button', { name: 'Remove for a@x.example only' }).click()
    await page.getByRole('button', { name: 'Remove a@x.example from the message' }).click()
    await page.getByText('1 message removed.').first().waitFor()
    assert.equal(kinds(), 'removed,held')
    await page.context().close()
  })

  test('all that match are chosen beyond what is shown, and nothing else is touched', async () => {
    const bridge = new FakeBridge()
    const [first] = bridge.queue
    assert.ok(first)
    bridge.queue = Array.from({ length: 450 }, (_, index) => ({
      ...first,
      id: `M${index}`,
      envelope: {
        ...first.envelope,
        reversePath: index < 300 ? 'printer@example.com' : 'fred@example.com',
        recipients: [{ address: `to${index}@y.example` }],
      },
      states: [{ kind: 'waiting' as const, attempts: 0, next: Date.now() + 60_000 }],
    }))
    const { page } = await show({ place: 'queue', bridge })
    await page.getByRole('searchbox').fill('printer@')
    await page.getByText('The first 200 of 300 messages').waitFor()
    await page.getByLabel('Choose all messages shown').check()
    await page.getByText('200 messages chosen.').waitFor()
    // No more rows than are looked at: a long table takes long to lay out, whenever a message comes or goes.
    const rows = page.locator('.queue-table tbody tr')
    assert.ok((await rows.count()) <= 60, `${await rows.count()} rows are drawn`)
    for (let row = 29; row < 199; row += 30) await rows.nth(row).scrollIntoViewIfNeeded()
    await rows.nth(199).scrollIntoViewIfNeeded()
    assert.equal(await rows.count(), 200)
    assert.equal(await rows.nth(199).getByRole('checkbox').isChecked(), true)
    await page.screenshot({ path: 'test/out/queue-every-light.png' })
    await page.getByRole('button', { name: 'Choose all that match' }).click()
    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('button', { name: 'Remove all messages that match' }).click()
    await page.getByText('300 messages removed.').first().waitFor()
    assert.equal(bridge.queue.length, 150)
    await page.context().close()
  })
})

describe('the log', () => {
  test('says where another day begins', async () => {
    const bridge = new FakeBridge()
    const [first] = bridge.events
    assert.ok(first)
    bridge.events = [{ ...first, time: Date.now() - 24 * 3_600_000 }, ...bridge.events.slice(-3)]
    const { page } = await show({ place: 'log', bridge })
    await page.getByText('Yesterday', { exact: true }).waitFor()
    await page.context().close()
  })

  test('a refusal is explained, and leads to the row that decided', async () => {
    const { page } = await show({ place: 'log' })
    await page
      .getByRole('row')
      .filter({ hasText: '192.168.1.1, from x@bad.example' })
      .getByRole('button')
      .click()
    const why = page.getByRole('dialog')
    await why.getByText('550 5.7.1').first().waitFor()
    await page.screenshot({ path: 'test/out/why-light.png' })
    await why.getByRole('button', { name: 'Row 1 decides' }).click()
    await page.waitForFunction(() => document.activeElement?.closest('[data-row="0"]') !== null)
    await page.context().close()
  })

  test('a burst of events neither blocks the window nor fills it', async () => {
    const { page, tell } = await show({ place: 'log' })
    const event: Event = {
      kind: 'tls-failed',
      time: Date.now(),
      session: 's',
      client: '198.51.100.7',
      text: 'no shared cipher',
    }
    const tasks = await tasksDuring(page, async () => {
      await page.evaluate(async given => {
        for (let beat = 0; beat < 20; beat++) {
          for (let count = 0; count < 250; count++)
            Reflect.get(window, 'posternTell')({ kind: 'event', event: given })
          await new Promise(resolve => setTimeout(resolve, 50))
        }
      }, event)
      await tell({ kind: 'event', event: { ...event, client: '198.51.100.99' } })
      await page.getByText('198.51.100.99').first().waitFor()
    })
    assert.ok((await page.getByRole('row').count()) <= 202)
    // Each beat is a task at least, and none holds up a key that is pressed.
    assert.ok(tasks.length >= 20, `${tasks.length} tasks`)
    const longest = Math.max(...tasks)
    assert.ok(longest < 100, `${longest} ms`)
    await page.context().close()
  })
})
