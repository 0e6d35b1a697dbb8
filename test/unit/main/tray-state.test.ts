/** What the tray shows of a status, and what a person is told when quitting and when something needs one. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Status, WarningKind } from '../../../app/control/control.ts'
import type { SignInReason } from '../../../app/mail/sign-in-reason.ts'
import { deviceSettings } from '../../../main/device-settings.ts'
import { newNeed } from '../../../main/need.ts'
import { quitWords } from '../../../main/quit-words.ts'
import { menuTemplate, type TrayActions, tooltip, trayState } from '../../../main/tray-state.ts'

const listeners = [{ address: '0.0.0.0', port: 25, encryption: 'starttls' }]

function statusWith(waiting: number, held: number, changes: Partial<Status> = {}): Status {
  return {
    running: true,
    version: '0.1.0',
    folder: '/data',
    pid: 1,
    since: 0,
    listeners,
    sessions: 0,
    hops: [],
    names: [],
    queue: { messages: waiting + held, waiting, held },
    warnings: [],
    certificate: { names: [], issuer: 'nobody', selfSigned: true, until: 0 },
    ...changes,
  }
}

function signIn(reason: SignInReason): NonNullable<Status['signIns']>[number] {
  const standing = { kind: 'needs-person', reason, why: 'x' } as const
  return { name: 'cloud', user: 'office@x', provider: 'Microsoft', routes: [0], standing, ways: ['browser'] }
}

function needing(kind: WarningKind, about?: readonly string[]): Status {
  return statusWith(1, 0, { warnings: [{ kind, text: 'x', ...(about && { about }) }] })
}

const cases: [Status, string, string][] = [
  [statusWith(0, 0), 'plain', 'Postern: running, nothing waiting'],
  [statusWith(21, 0), 'letter', 'Postern: running, 21 waiting'],
  [statusWith(21, 2), 'full', 'Postern: running, 21 waiting (2 held)'],
  [statusWith(0, 1), 'full', 'Postern: running, 0 waiting (1 held)'],
  [statusWith(3, 1, { listeners: [] }), 'crossed', 'Postern: not taking mail, 3 waiting (1 held)'],
  [statusWith(2, 0, { openRelay: ['203.0.113.9'] }), 'full', 'Postern: OPEN RELAY, running, 2 waiting'],
  [
    statusWith(2, 0, { warnings: [{ kind: 'sign-in', text: 'x' }], signIns: [signIn('never')] }),
    'full',
    'Postern: running, sign-in needed, 2 waiting',
  ],
  [
    statusWith(0, 0, { warnings: [{ kind: 'sign-in', text: 'x' }], signIns: [signIn('ended')] }),
    'full',
    'Postern: running, sign-in ended, nothing waiting',
  ],
  [
    statusWith(1, 0, { warnings: [{ kind: 'sign-in', text: 'x' }], signIns: [signIn('settings')] }),
    'full',
    'Postern: running, sign-in not set up, 1 waiting',
  ],
  [statusWith(0, 0, { running: false }), 'crossed', 'Postern: not running, nothing waiting'],
  [needing('certificate'), 'full', 'Postern: running, certificate needs you, 1 waiting'],
  [needing('disk-low'), 'full', 'Postern: running, disk low, 1 waiting'],
  [needing('stuck-mail'), 'full', 'Postern: running, mail stuck, 1 waiting'],
  [needing('next-hop'), 'full', 'Postern: running, mail put off, 1 waiting'],
  [needing('dkim-key'), 'full', 'Postern: running, DKIM key missing, 1 waiting'],
  [needing('hop-down', ['mx.example:25']), 'full', 'Postern: running, mail server down, 1 waiting'],
  // Some of the strangers' always are.
  [needing('hop-down', ['mail exchangers']), 'letter', 'Postern: running, 1 waiting'],
]

for (const [status, state, words] of cases) {
  test(`${words}: ${state}`, () => {
    assert.equal(trayState(status), state)
    assert.equal(tooltip(status), words)
  })
}

describe('the menu', () => {
  function choose(status: Status, label: string): string[] {
    const done: string[] = []
    const actions: TrayActions = {
      open: () => done.push('open'),
      pause: paused => done.push(`pause ${paused}`),
      sendNow: () => done.push('send'),
      copyDeviceSettings: () => done.push('copy'),
      help: () => done.push('help'),
      quit: () => done.push('quit'),
    }
    const entry = menuTemplate(status, actions).find(one => one.label === label)
    assert.ok(entry, `There is no "${label}".`)
    if (entry.enabled !== false) Reflect.apply(entry.click ?? (() => {}), undefined, [])
    return done
  }

  test('does what it says', () => {
    const status = statusWith(1, 0)
    assert.deepEqual(choose(status, 'Open Postern'), ['open'])
    assert.deepEqual(choose(status, 'Running, mail waiting'), [])
    assert.deepEqual(choose(status, 'Send waiting mail now'), ['send'])
    assert.deepEqual(choose(status, 'Copy device settings'), ['copy'])
    assert.deepEqual(choose(status, 'Help'), ['help'])
    assert.deepEqual(choose(status, 'Quit Postern'), ['quit'])
  })

  test('pauses what takes mail, and resumes what does not', () => {
    assert.deepEqual(choose(statusWith(0, 0), 'Pause taking mail'), ['pause true'])
    assert.deepEqual(choose(statusWith(0, 0, { listeners: [] }), 'Resume taking mail'), ['pause false'])
    assert.deepEqual(choose(statusWith(0, 0, { running: false }), 'Resume taking mail'), ['pause false'])
  })

  test('sends nothing where nothing waits', () => {
    assert.deepEqual(choose(statusWith(0, 3), 'Send waiting mail now'), [])
  })
})

const none: ReadonlySet<string> = new Set()

test('a person is needed once, not with every further one or every new number', () => {
  const held = (count: number) =>
    statusWith(0, count, {
      warnings: [{ kind: 'held-without-route', text: `Mail is held: ${count} in the queue.` }],
    })
  assert.match(newNeed(statusWith(0, 0), held(1), none) ?? '', /^Mail is held: 1 /)
  assert.equal(newNeed(held(1), held(2), none), undefined)
  const expiring = (days: number) =>
    statusWith(0, 0, { warnings: [{ kind: 'certificate', text: `It expires in ${days} days.` }] })
  assert.equal(newNeed(statusWith(0, 0), expiring(29), none), 'It expires in 29 days.')
  assert.equal(newNeed(expiring(29), expiring(28), none), undefined)
  assert.equal(newNeed(expiring(28), statusWith(0, 0), none), undefined)
})

test('what was told of before the restart is not told of again', () => {
  const warnings = [
    { kind: 'hop-down', text: 'The server is down.', about: ['mx.example:25'] },
    { kind: 'disk-low', text: 'Free some room.' },
  ] as const
  const now = statusWith(0, 0, { warnings })
  const text = (...earlier: string[]) => newNeed(statusWith(0, 0), now, new Set(earlier))
  assert.equal(text(), 'The server is down.')
  assert.equal(text('hop-down mx.example:25'), 'Free some room.')
  assert.equal(text('hop-down mx.example:25', 'disk-low '), undefined)
})

test('nobody is told of what they did themselves', () => {
  assert.equal(newNeed(statusWith(0, 0), statusWith(0, 1), none), undefined)
  const paused = { listeners: [], warnings: [{ kind: 'paused' as const, text: 'Postern is paused.' }] }
  assert.equal(newNeed(statusWith(0, 0), statusWith(0, 0, paused), none), undefined)
})

test('quitting says what stops, and that what waits is kept', () => {
  assert.match(quitWords(undefined), /^No mail is taken or delivered until Postern is started again/)
  assert.doesNotMatch(quitWords(statusWith(0, 0)), /kept|lost/)
  assert.match(quitWords(statusWith(0, 0), true), /not applied is lost\.$/)
  assert.match(quitWords(statusWith(1, 0)), /1 message that waits is kept and sent after the next start\.$/)
  assert.match(quitWords(statusWith(2, 1)), /3 messages that wait are kept/)
})

test('device settings name an address that a device can reach', () => {
  assert.equal(
    deviceSettings(statusWith(0, 0), '192.168.1.5'),
    'Outgoing mail server (SMTP): 192.168.1.5\nPort: 25\nEncryption: STARTTLS where the device can',
  )
  assert.equal(
    deviceSettings(statusWith(0, 0, { listeners: [] }), 'x'),
    'Postern takes no mail at the moment.',
  )
})
