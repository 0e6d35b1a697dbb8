/** The first questions, "Let remote users send" and the sentence that opens the relay, clicked and typed through. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { firstSettings } from '../../app/settings/defaults.ts'
import { withDefaults } from '../../app/settings/parse.ts'
import { getPath } from '../../app/settings/path.ts'
import { endOfSuite } from '../support/ending.ts'
import { checkThemes, out } from './axe.ts'
import { openBrowser } from './browser.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeSettings } from './office.ts'

/** Its relay stops before the change is made. */
class UnreachedBridge extends FakeBridge {
  isReached = false

  override async ask(name: string, args: readonly never[]): Promise<unknown> {
    if (name === 'letIn' && !this.isReached) throw new Error('The relay has stopped.')
    return super.ask(name, args)
  }
}

let show: Awaited<ReturnType<typeof openBrowser>>
const suite = endOfSuite()
before(async () => {
  show = await openBrowser(suite)
})

function freshBridge(): FakeBridge {
  const bridge = new FakeBridge(firstSettings(25) as Record<string, unknown>)
  bridge.setup = 'never'
  bridge.queue = []
  bridge.events = []
  bridge.secrets.clear()
  return bridge
}

function at(bridge: FakeBridge, path: string): unknown {
  const found = getPath(bridge.raw, path)
  return found.ok ? found.value : undefined
}

async function photograph(page: Page, name: string): Promise<void> {
  await checkThemes(page, `setup-${name}`)
  await page.emulateMedia({ colorScheme: 'light' })
  const size = page.viewportSize()
  await page.setViewportSize({ width: 720, height: 520 })
  await page.screenshot({ path: join(out, `small-setup-${name}.png`) })
  const tooWide = await page.evaluate(() => {
    const parts = [document.documentElement, ...document.querySelectorAll('.page, .dialog-body')]
    return parts.some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
  })
  assert.ok(!tooWide, name)
  if (size) await page.setViewportSize(size)
}

/** The dialog grows when the difference is there, and its buttons move. */
const readDifference = (dialog: Locator, users: string) =>
  dialog.getByText(`${users} can send to addresses outside after logging on, from `).waitFor()

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 2, name }).waitFor()

describe('the first questions', () => {
  test('are asked where nobody ever set anything, by keyboard alone, and end in settings and a test', async () => {
    const bridge = freshBridge()
    const { page, complaints } = await show({ bridge })
    const keys = page.keyboard
    await heading(page, '1. Your domain')
    assert.equal(await page.getByLabel('What is the domain').inputValue(), 'office.example')
    await photograph(page, 'domain')
    await heading(page, '1. Your domain')
    await page.getByLabel('What is the domain').focus()
    await keys.press('Enter')
    await heading(page, '2. Mail for your domain')
    await page
      .getByText('DNS says that mail for your domain goes to a mail server on the Internet.')
      .waitFor()
    await keys.press('Tab')
    await keys.press('ArrowDown')
    await page.getByRole('group', { name: 'The first mailbox' }).waitFor()
    await keys.press('Tab')
    await keys.type('anna')
    await keys.press('Tab')
    await keys.type('correct horse battery')
    await photograph(page, 'mail')
    await page.getByRole('textbox', { name: 'Password' }).focus()
    await keys.press('Enter')
    await heading(page, '3. How mail leaves')
    assert.equal(await page.getByLabel('Server for outgoing mail').inputValue(), 'mail.office.example:587')
    await page.getByLabel('User name').focus()
    await keys.type('office@office.example')
    await keys.press('Enter')
    await page.getByText('Write the password that belongs to that name.').waitFor()
    await photograph(page, 'leaves')
    await page.getByRole('textbox', { name: 'Password' }).focus()
    await keys.type('secret of the provider')
    await keys.press('Enter')
    await heading(page, '4. Who may send')
    await keys.press('Tab')
    await keys.press('ArrowDown')
    await photograph(page, 'people')
    await page.getByRole('button', { name: 'Next' }).press('Enter')
    await heading(page, 'What will change')
    await page.getByText(/anna can send to addresses outside after logging on, from /).waitFor()
    assert.equal(bridge.earlier.length, 0)
    await photograph(page, 'review')
    await page.getByRole('button', { name: 'Apply', exact: true }).press('Enter')
    await heading(page, 'A test message')
    assert.equal(bridge.earlier.length, 1)
    assert.deepEqual([...bridge.secrets], [['mail.office.example', 'secret of the provider']])
    await page.getByRole('button', { name: 'Send the test message' }).press('Enter')
    await page.getByText('Taken by smart host smtp.provider.example:587.').waitFor()
    await page.getByText(/Look whether it arrives at office@office\.example/).waitFor()
    assert.deepEqual(bridge.sent, ['office@office.example office@office.example'])
    await photograph(page, 'test')
    assert.deepEqual(at(bridge, 'localDomains'), ['office.example'])
    assert.deepEqual(at(bridge, 'aliases'), { 'postmaster@office.example': ['anna'] })
    assert.equal(at(bridge, 'smtp.authentication'), 'required')
    assert.deepEqual(at(bridge, 'delivery.routes'), [
      {
        to: ['*'],
        via: 'smart-host',
        hosts: ['mail.office.example:587'],
        encryption: 'starttls-required',
        login: { method: 'password', user: 'office@office.example', secret: 'mail.office.example' },
      },
    ])
    await page.getByRole('button', { name: 'Undo it' }).press('Enter')
    await page.getByText('Undone').first().waitFor({ state: 'attached' })
    assert.deepEqual(withDefaults(bridge.raw), withDefaults(firstSettings(25)))
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('can be left, gone back in without losing an answer, and taken up again from Status', async () => {
    const { page } = await show({ bridge: freshBridge() })
    await page.getByLabel('What is the domain').fill('no domain')
    await page.keyboard.press('Enter')
    await page.getByText('Write the part behind the @ of your addresses').waitFor()
    await page.getByLabel('What is the domain').fill('elsewhere.example')
    await page.keyboard.press('Enter')
    await page.getByText('DNS names no mail server for your domain').waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await heading(page, '3. How mail leaves')
    await page.getByText('By Microsoft 365').click()
    await page.getByText('With a password').click()
    await page.getByText('Works as long as Microsoft lets this mailbox sign in with a password').waitFor()
    await checkThemes(page, 'setup-microsoft')
    await page.getByLabel('Mailbox that signs in').fill('me@elsewhere.example')
    await page.getByText('Direct, to each recipient').click()
    await page.getByText('Many lines may not send on port 25').waitFor()
    assert.equal(await page.getByLabel('Mailbox that signs in').count(), 0)
    await checkThemes(page, 'setup-direct')
    await page.getByText('By Microsoft 365').click()
    await page.getByRole('button', { name: 'Back' }).click()
    await heading(page, '2. Mail for your domain')
    await page.getByRole('button', { name: 'Your domain' }).click()
    assert.equal(await page.getByLabel('What is the domain').inputValue(), 'elsewhere.example')
    await page.getByRole('button', { name: 'How mail leaves' }).click()
    assert.equal(await page.getByLabel('Mailbox that signs in').inputValue(), 'me@elsewhere.example')
    await page.getByRole('button', { name: 'Leave for now' }).click()
    await page.getByText('Postern isn’t set up yet').waitFor()
    await checkThemes(page, 'setup-offer')
    await page.getByRole('button', { name: 'Go on with the set-up' }).click()
    await heading(page, '3. How mail leaves')
    await page.reload()
    await heading(page, '3. How mail leaves')
    assert.equal(await page.getByLabel('Mailbox that signs in').inputValue(), 'me@elsewhere.example')
    await page.context().close()
  })
})

describe('signing in with Microsoft or Google', () => {
  async function asked(leaves: string) {
    const bridge = freshBridge()
    const shown = await show({ bridge })
    const { page } = shown
    await page.getByLabel('What is the domain').press('Enter')
    await heading(page, '2. Mail for your domain')
    await page.getByRole('button', { name: 'Next' }).click()
    await heading(page, '3. How mail leaves')
    await page.getByText(leaves, { exact: true }).click()
    return { ...shown, bridge }
  }

  async function apply(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Next' }).click()
    await heading(page, '4. Who may send')
    await page.getByRole('button', { name: 'Next' }).click()
    await heading(page, 'What will change')
    await page.getByText('Mail waits until somebody has signed in as office@contoso.com').waitFor()
  }

  test('Microsoft: the mailbox and the client id, then the sign-in, and only then the test message', async () => {
    const { page, bridge, complaints } = await asked('By Microsoft 365')
    const chosen = page.getByRole('radio', { name: 'Sign in with Microsoft' })
    assert.equal(await chosen.isChecked(), true)
    assert.equal(await page.getByLabel('App password').count(), 0)
    await page.getByLabel('Mailbox that signs in').fill('office')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Write the whole address of the mailbox').waitFor()
    await page.getByText('Write the client id that the provider gave').waitFor()
    await photograph(page, 'oauth-microsoft')
    await page.getByRole('button', { name: 'How to get one' }).click()
    await page.getByRole('dialog').getByText('App registrations').waitFor()
    await photograph(page, 'oauth-registration')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal(await page.getByLabel('Mailbox that signs in').inputValue(), 'office')
    await page.getByLabel('Mailbox that signs in').fill('office@contoso.com')
    await page.getByLabel('Client id').fill('11111111-2222-3333-4444-555555555555')
    await apply(page)
    await photograph(page, 'oauth-review')
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await heading(page, 'Sign in, and a test message')
    assert.deepEqual(at(bridge, 'delivery.routes[0].login'), {
      method: 'oauth2',
      user: 'office@contoso.com',
      secret: 'smtp.office365.com',
      provider: 'microsoft',
      clientId: '11111111-2222-3333-4444-555555555555',
    })
    assert.deepEqual([...bridge.secrets], [])
    assert.equal(await page.getByRole('button', { name: 'Send the test message' }).isDisabled(), true)
    await photograph(page, 'oauth-sign-in')
    await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
    await page.getByRole('button', { name: 'With a code, elsewhere' }).click()
    await page.getByText('HK3Q7VZTB').waitFor()
    bridge.endSignIn({ ok: true })
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('Signed in as office@contoso.com with Microsoft.').first().waitFor()
    await page.getByRole('button', { name: 'Send the test message' }).click()
    await page.getByText('Taken by smart host smtp.provider.example:587.').waitFor()
    assert.deepEqual(bridge.sent, ['office@contoso.com office@contoso.com'])
    await photograph(page, 'oauth-test')
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('Google: the client secret too, kept apart; what is typed for one kind is not taken for the other', async () => {
    const { page, bridge } = await asked('By Google')
    await page.getByLabel('Mailbox that signs in').fill('office@contoso.com')
    await page.getByLabel('Client id').fill('000-x.apps.googleusercontent.com')
    await page.getByText('With an app password').click()
    await page.getByLabel('App password', { exact: true }).fill('an app password')
    await page.getByText('Sign in with Google', { exact: true }).click()
    assert.equal(await page.getByLabel('Client secret').inputValue(), '')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Write the client secret that belongs to that client id.').waitFor()
    await photograph(page, 'oauth-google')
    await page.getByLabel('Client secret').fill('GOCSPX-x')
    await apply(page)
    await page.getByText('The client secret is kept, apart from the settings').waitFor()
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await heading(page, 'Sign in, and a test message')
    assert.deepEqual([...bridge.secrets], [['smtp.gmail.com client', 'GOCSPX-x']])
    assert.doesNotMatch(JSON.stringify(bridge.raw), /GOCSPX/)
    await page.context().close()
  })
})

describe('"Let remote users send"', () => {
  test('says why it can not, shows the difference, makes one change and is undone by one click', async () => {
    const { page, bridge, complaints } = await show({ place: 'smtp/access' })
    await page.getByRole('button', { name: 'Let remote users send…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByText('Choose at least one user, or every user.').waitFor()
    await dialog.getByRole('checkbox', { name: 'support' }).check()
    await dialog.getByRole('checkbox', { name: 'webmaster' }).check()
    await photograph(page, 'remote')
    await dialog.getByRole('button', { name: 'Next' }).click()
    await readDifference(dialog, 'support and webmaster')
    assert.equal(bridge.earlier.length, 0)
    await photograph(page, 'remote-difference')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Remote users may send now, after logging on.').first().waitFor()
    assert.equal(bridge.earlier.length, 1)
    assert.equal(at(bridge, 'smtp.authentication'), 'required')
    assert.deepEqual(at(bridge, 'smtp.access[2]'), {
      action: 'allow',
      from: 'any',
      users: ['support', 'webmaster'],
    })
    await page.getByRole('button', { name: 'Undo it' }).click()
    await page.getByText('Undone').first().waitFor()
    assert.deepEqual(withDefaults(bridge.raw), withDefaults(officeSettings()))
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('says at its place why it could not be applied, and can be tried again', async () => {
    const bridge = new UnreachedBridge()
    const { page } = await show({ place: 'smtp/access', bridge })
    await page.getByRole('button', { name: 'Let remote users send…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('checkbox', { name: 'support' }).check()
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await dialog.getByText('The relay has stopped.').waitFor()
    await photograph(page, 'remote-failed')
    bridge.isReached = true
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Remote users may send now, after logging on.').first().waitFor()
    await page.context().close()
  })

  test('ticks whom the row for every address names already', async () => {
    const access = [{ action: 'allow', from: 'any', users: ['Support'] }]
    const office = officeSettings()
    const bridge = new FakeBridge({ ...office, smtp: { ...Object(office['smtp']), access } })
    const { page } = await show({ place: 'smtp/access', bridge })
    await page.getByRole('button', { name: 'Let remote users send…' }).click()
    const dialog = page.getByRole('dialog')
    assert.equal(await dialog.getByRole('checkbox', { name: 'support' }).isChecked(), true)
    assert.equal(await dialog.getByRole('checkbox', { name: 'fred' }).isChecked(), false)
    await page.context().close()
  })

  test('makes a user', async () => {
    const { page, bridge } = await show({ place: 'smtp/access' })
    await page.getByRole('button', { name: 'Let remote users send…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Make a new user, who may send too').click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('fred')
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByText('Write a password').waitFor()
    await dialog.getByRole('textbox', { name: 'Password' }).fill('correct horse battery')
    await dialog.getByRole('button', { name: 'Next' }).click()
    await dialog.getByText('Write another name: "fred" is there already').waitFor()
    await photograph(page, 'remote-new-user')
    await dialog.getByRole('textbox', { name: 'Name' }).fill('anna')
    await dialog.getByRole('button', { name: 'Next' }).click()
    await readDifference(dialog, 'anna')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.ok(JSON.stringify(bridge.raw).includes('"users":["anna"]'))
    await page.context().close()
  })
})

describe('the open relay', () => {
  test('is asked about by "Let remote users send" too, where the local network is not a private one', async () => {
    const office = officeSettings()
    const smtp = { ...Object(office['smtp']), authentication: 'required' }
    const bridge = new FakeBridge({ ...office, localNetworks: ['203.0.113.0/24'], smtp })
    const { page, complaints } = await show({ place: 'smtp/access', bridge })
    await page.getByRole('button', { name: 'Let remote users send…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Let remote users send' })
    await dialog.getByRole('checkbox', { name: 'support' }).check()
    await dialog.getByRole('button', { name: 'Next' }).click()
    await readDifference(dialog, 'support')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    const question = page.getByRole('dialog', { name: 'This makes an open relay' })
    await question.getByText('203.0.113.0/24').waitFor()
    assert.equal(bridge.earlier.length, 0)
    await photograph(page, 'remote-open-relay')
    await question.getByRole('textbox').fill('Anybody on the Internet may send through this server')
    await question.getByRole('button', { name: 'Open the relay' }).click()
    await page.getByText('Remote users may send now, after logging on.').first().waitFor()
    assert.equal(bridge.earlier.length, 1)
    assert.equal(await page.getByRole('dialog').count(), 0)
    assert.deepEqual(complaints, [])
    await page.context().close()
  })

  test('needs the sentence typed, is shown as long as it stands, and to come back to it needs it again', async () => {
    const { page, bridge } = await show({ place: 'smtp/access' })
    await page.getByRole('button', { name: 'Add row' }).click()
    await page.getByLabel('Type, row 3').selectOption('Any')
    await page.keyboard.press('Control+s')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('This makes an open relay').waitFor()
    assert.equal(bridge.earlier.length, 0)
    await photograph(page, 'open-relay')
    await dialog.getByRole('textbox').fill('yes')
    await dialog.getByRole('button', { name: 'Open the relay' }).click()
    await dialog.getByText('That is not the sentence yet').waitFor()
    assert.equal(bridge.earlier.length, 0)
    await dialog.getByRole('textbox').fill('anybody on the Internet  may send through this server.')
    await page.keyboard.press('Enter')
    await page.getByText('Applied.').first().waitFor()
    assert.equal(bridge.earlier.length, 1)
    await page.reload()
    await page.getByRole('button', { name: 'Status' }).click()
    await page.getByText('This server is an open relay').waitFor()
    await checkThemes(page, 'setup-open-status')
    await page.getByRole('button', { name: 'Show row 3' }).click()
    await page.getByRole('button', { name: 'Tools' }).click()
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByRole('button', { name: 'Undo the newest change' }).click()
    await page.getByText('The earlier settings are in force again.').first().waitFor()
    const goBack = page.getByRole('button', { name: /^Go back to before/ })
    // The list as it was before has one entry.
    await goBack.nth(1).waitFor()
    await goBack.first().click()
    await dialog.getByText('This makes an open relay').waitFor()
    await dialog.getByRole('button', { name: 'Leave it closed' }).click()
    assert.equal(bridge.earlier.length, 2)
    await page.context().close()
  })

  test('is told in the review', async () => {
    const { page, bridge } = await show({ place: 'smtp/access' })
    await page.getByRole('button', { name: 'Add row' }).click()
    await page.getByLabel('Type, row 3').selectOption('Any')
    await page.getByRole('button', { name: 'Review' }).click()
    await page.getByRole('dialog').getByText('This makes an open relay.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click()
    await page.getByRole('textbox', { name: /If you really want that/ }).waitFor()
    assert.equal(bridge.earlier.length, 0)
    await page.context().close()
  })
})
