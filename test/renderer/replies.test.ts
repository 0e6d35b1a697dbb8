/** What a next hop's reply means, on every page that shows one, and the buttons that mend it. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { refusalWarnings } from '../../app/control/refusal-warnings.ts'
import { type ReplyMend, replyMeaning } from '../../app/control/reply-meanings.ts'
import { ownSignIns } from '../../app/delivery/meaning/own-sign-ins.ts'
import { tables } from '../../app/delivery/meaning/table.ts'
import { parseReply, type Reply, reply } from '../../app/mail/reply.ts'
import { parseSettings } from '../../app/settings/parse.ts'
import { formatPlace } from '../../renderer/state/place.ts'
import { mendPlace } from '../../renderer/words/mend-words.ts'
import { endOfSuite } from '../support/ending.ts'
import { queued } from '../support/memory-control.ts'
import { ownSamples, saidSamples } from '../unit/delivery/meaning/samples.ts'
import { checks } from '../unit/settings/checks.ts'
import { checkThemes } from './axe.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

const signIn = reply(535, '5.7.3', 'Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.outlook.com]')
const trust = reply(
  454,
  '4.7.5',
  'no safe TLS connection to smtp.provider.example:587 (self-signed): check its certificate, or trust it in the route',
)
const plainPort = reply(
  454,
  '4.7.0',
  'smtp.provider.example:587 offers no TLS, and a password is not sent without it',
)
const denied = reply(550, '5.7.60', 'SMTP; Client does not have permissions to send as this sender')
const spf = reply(550, '5.7.23', 'The message was rejected because of Sender Policy Framework violation')
const full = reply(452, '4.2.2', 'The email account that you tried to reach is over quota')
const noKey = reply(
  454,
  '4.7.0',
  'the key "a" that signs mail of example.com isn\'t in the secret store, or can\'t be read',
)
const busy = reply(421, '4.7.0', 'mx.example.net Error: too many connections from 203.0.113.9')

/** The replies whose meaning has this button, a route for each way out, and the table's every kind. */
const kinds = [...new Set(tables.flat().flatMap(({ mends }) => mends))]

/** A queue of one message that waits after this reply. */
function waitingFor(said: Reply): FakeBridge {
  const bridge = new FakeBridge()
  bridge.queue = [
    {
      ...queued(
        '0KA1',
        [{ kind: 'waiting', attempts: 4, next: Date.now() + 900_000, reply: said }],
        'fred@example.com',
      ),
      received: Date.now() - 3_600_000,
    },
  ]
  return bridge
}

async function openMessage(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'fred@example.com' }).first().click()
  await page.getByRole('dialog').getByText('Source:').waitFor()
}

const isFocused = (path: string) => (page: Page) =>
  page.waitForFunction(wanted => document.activeElement?.closest(`[data-path="${wanted}"]`) !== null, path)

const isTitled = (title: string) => (page: Page) =>
  page.getByRole('heading', { name: title, level: 1 }).waitFor()

/** What is said, the button, and what it opens. */
const ways: readonly (readonly [string, Reply, string, (page: Page) => Promise<unknown>])[] = [
  ['sign-in', signIn, 'Open the sign-in', isFocused('delivery.routes[1].login')],
  [
    'certificate, in a part that is folded',
    trust,
    'Trust its certificate',
    isFocused('delivery.routes[1].trust'),
  ],
  ['encryption', plainPort, 'Choose the encryption', isFocused('delivery.routes[1].encryption')],
  ['sender', denied, 'Rewrite the sender', isFocused('delivery.routes[1].sendAs')],
  ['DKIM', noKey, 'Set up DKIM', isFocused('delivery.dkim')],
  ['connections', busy, 'Change the connections', isFocused('delivery.connections')],
  ['doctor', spf, 'Examine this machine', isTitled('Tools')],
]

describe('in the queue', () => {
  for (const [what, said, button, isThere] of ways)
    test(`${what}: ${button}`, async () => {
      const { page } = await show({ place: 'queue', bridge: waitingFor(said) })
      await openMessage(page)
      await page.getByRole('dialog').getByRole('button', { name: button }).click()
      await isThere(page)
      assert.equal(await page.getByRole('dialog').count(), 0)
      await page.context().close()
    })

  test('the sentence stands in the row, and the rest in the message', async () => {
    const { page, complaints } = await show({ place: 'queue', bridge: waitingFor(signIn) })
    await page.locator('.queue-table .means').waitFor()
    await checkThemes(page, 'replies-queue')
    await openMessage(page)
    await page.getByText('learn.microsoft.com').waitFor()
    await checkThemes(page, 'replies-message')
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('a text for the recipient is copied, with the answer in it', async () => {
    const { page, bridge } = await show({ place: 'queue', bridge: waitingFor(full) })
    await openMessage(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Copy a text for the recipient' }).click()
    await page.getByText('Copied:').first().waitFor()
    assert.match(bridge.copied[0] ?? '', /^Hello,\n.*Recipient: to0@elsewhere\.example\n.*452 4\.2\.2/s)
    await page.context().close()
  })

  test('what a stranger says stays text, and fits', async () => {
    const hostile = reply(550, '5.7.1', `<img src=x onerror=alert(1)> ${'w'.repeat(1500)}\u0007\u202e`)
    const { page, complaints } = await show({
      place: 'queue',
      bridge: waitingFor(hostile),
      width: 720,
      height: 520,
    })
    await openMessage(page)
    assert.equal(await page.locator('img').count(), 0)
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    assert.equal(tooWide, false)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })
})

/** Where each kind leads, at a mail sender of each kind; undefined where it acts in place, or is no button. */
const inPlace: readonly string[] = ['wait', 'retry', 'tell-provider', 'tell-recipient']

test('every button that the table names leads to a field or a page that is there', async () => {
  const oauth = { method: 'oauth2', user: 'office@contoso.com', provider: 'microsoft', clientId: 'c' }
  const host = { to: ['*'], via: 'smart-host', encryption: 'starttls-required' }
  const routes = [
    { ...host, hosts: ['smtp.office365.com:587'], login: { ...oauth, secret: 'a' } },
    {
      ...host,
      hosts: ['smtp.gmail.com:587'],
      login: { ...oauth, secret: 'b', provider: 'google', clientSecret: 'b client' },
    },
    {
      ...host,
      hosts: ['smtp.other.example:587'],
      login: { ...oauth, secret: 'c', provider: 'other', issuer: 'https://login.example' },
    },
    { ...host, hosts: ['smtp.provider.example:587'], login: { method: 'password', user: 'u', secret: 'd' } },
    { to: ['*'], via: 'mx' },
  ]
  const raw = { ...officeSettings(), delivery: { routes } }
  const parsed = parseSettings(raw, checks)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const ways = new Map<string, string>()
  const named = new Set<string>()
  const note = (mends: readonly ReplyMend[] = []) => {
    for (const { kind, path } of mends) {
      named.add(kind)
      if (path !== undefined) ways.set(path, kind)
    }
  }
  for (const { host = '', port = 0 } of parsed.value.delivery.routes.flatMap(({ hosts }) => hosts))
    for (const { signIn } of Object.values(ownSignIns)) {
      const asked = { reply: { ...reply(454, '4.7.0', 'x'), signIn }, via: `${host}:${port}` }
      note(replyMeaning(asked, parsed.value)?.mends)
    }
  for (const raws of [...Object.values(ownSamples), ...Object.values(saidSamples)].flat())
    for (const via of ['smtp.provider.example:587', 'mx.partner.example:25']) {
      const said = parseReply(raws) ?? assert.fail(raws)
      const asked = { reply: said, via, ...(via.startsWith('mx') && { to: 'b@direct.example' }) }
      note(replyMeaning(asked, parsed.value)?.mends)
    }
  assert.deepEqual(
    kinds.filter(kind => !named.has(kind) && kind !== 'doctor' && !inPlace.includes(kind)),
    [],
    'each kind is tried',
  )
  const placeOf = (path: string) => formatPlace(mendPlace({ kind: 'servers', path }) ?? assert.fail(path))
  const pages = new Set([...ways.keys()].map(placeOf))
  const missing: string[] = []
  for (const place of pages) {
    const { page } = await show({ place, bridge: new FakeBridge(raw) })
    await page.getByRole('heading', { level: 1 }).waitFor()
    // The lists of accounts and of mail senders are pages by themselves.
    for (const [path, kind] of [...ways].filter(
      ([path]) => placeOf(path) === place && !['users', 'delivery.routes'].includes(path),
    ))
      if ((await page.locator(`[data-path="${path}"]`).count()) === 0)
        missing.push(`${kind} ${path} ${place}`)
    await page.context().close()
  }
  assert.deepEqual(missing, [])
})

describe('in the log', () => {
  const attempt = (said: Reply) => ({
    time: Date.now(),
    id: '0KA1',
    to: 'jo@elsewhere.example',
    via: 'smtp.provider.example:587',
    reply: said,
  })

  test('"What to do?" says it, and its button leads there', async () => {
    const bridge = new FakeBridge()
    bridge.events = [{ ...attempt(signIn), kind: 'deferred', next: Date.now() + 300_000 }]
    const { page } = await show({ place: 'log', bridge })
    await page.getByRole('button', { name: 'What to do?' }).click()
    await page.getByRole('dialog').getByText('Source:').waitFor()
    await checkThemes(page, 'replies-log')
    await page.getByRole('dialog').getByRole('button', { name: 'Open the sign-in' }).click()
    await isFocused('delivery.routes[1].login')(page)
    await page.context().close()
  })

  test('what went well is not asked about', async () => {
    const bridge = new FakeBridge()
    bridge.events = [
      { ...attempt(reply(250, '2.0.0', 'OK')), kind: 'delivered' },
      { kind: 'warning', time: Date.now(), text: 'Something.' },
    ]
    const { page } = await show({ place: 'log', bridge })
    await page.getByText('Something.').first().waitFor()
    assert.equal(await page.getByRole('button', { name: 'What to do?' }).count(), 0)
    await page.context().close()
  })
})

/** Its test messages are refused. */
class RefusingBridge extends FakeBridge {
  override async ask(name: string, args: readonly never[]): Promise<unknown> {
    const answer = await super.ask(name, args)
    if (name !== 'sendTest' || typeof answer !== 'object') return answer
    const parsed = parseSettings(officeSettings(), checks)
    assert.ok(parsed.ok)
    const meaning = replyMeaning({ reply: signIn, via: 'smtp.provider.example:587' }, parsed.value)
    return { ...answer, delivered: false, text: signIn.text, meaning }
  }
}

test('after a test message', async () => {
  const { page } = await show({ place: 'senders', bridge: new RefusingBridge() })
  await page.getByRole('button', { name: 'Send a test' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'To' }).fill('you@elsewhere.example')
  await dialog.getByRole('button', { name: 'Send' }).click()
  await dialog.getByText('Source:').waitFor()
  await checkThemes(page, 'replies-test')
  await dialog.getByRole('button', { name: 'Open the sign-in' }).click()
  await isFocused('delivery.routes[1].login')(page)
  await page.context().close()
})

test('on Status, with the field and with the queue', async () => {
  const bridge = waitingFor(signIn)
  const parsed = parseSettings(officeSettings(), checks)
  assert.ok(parsed.ok)
  bridge.warnings = await refusalWarnings(bridge.queue, parsed.value)
  const { page } = await show({ bridge })
  const needs = page.getByRole('list', { name: 'What needs you' })
  await needs.getByText('1 message waits:').waitFor()
  await needs.getByRole('button', { name: 'Show the queue' }).waitFor()
  await checkThemes(page, 'replies-status')
  await needs.getByRole('button', { name: 'Open the sign-in' }).click()
  await isFocused('delivery.routes[1].login')(page)
  await page.context().close()
})
