/** "Why?": every refusal that the log can tell of has words of its own, and what mends it does so. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { admit, decide } from '../../../app/access/decide.ts'
import { applyEdits } from '../../../app/access/mend.ts'
import { compilePolicy } from '../../../app/access/policy.ts'
import { mendsLineEnds } from '../../../app/access/ruling.ts'
import { explainAnswer } from '../../../app/control/explain-answer.ts'
import { isRefusal, REFUSALS, type Refusal, type Why, type WhyKind } from '../../../app/control/why.ts'
import { whyAnswer } from '../../../app/control/why-answer.ts'
import { replyKind, whyKindOf } from '../../../app/control/why-kind.ts'
import type { SourceFacts } from '../../../app/guard/facts.ts'
import type { Event } from '../../../app/log/event.ts'
import { type Reply, reply } from '../../../app/mail/reply.ts'
import { getPath } from '../../../app/settings/path.ts'
import type { Settings } from '../../../app/settings/settings.ts'
import { isRefusal as isShownRefusal } from '../../../renderer/words/event-words.ts'
import { address, type Change, client, machine, office, row, user } from '../access/office.ts'

const [stranger, scanner] = ['203.0.113.9', '192.168.1.50']
const at = { session: 's1', time: 0 }

/** Of each kind of event, whether "why?" is asked; those that aren't refusals, or say why themselves, not. */
const ASKED: Readonly<Record<Event['kind'], boolean>> = {
  'connection-refused': true,
  'session-refused': true,
  'recipient-refused': true,
  'message-refused': true,
  'logon-failed': true,
  'tls-failed': true,
  blocked: true,
  // These list the problems, or are explained by what a next hop's reply means.
  'settings-refused': false,
  'sign-in-refused': false,
  failed: false,
  deferred: false,
  'hop-down': false,
  started: false,
  stopped: false,
  listening: false,
  'settings-applied': false,
  unblocked: false,
  'logged-on': false,
  abandoned: false,
  accepted: false,
  delivered: false,
  'hop-up': false,
  held: false,
  bounced: false,
  'queue-changed': false,
  rerouted: false,
  'rerouted-all': false,
  'certificate-used': false,
  'name-resolved': false,
  'name-unresolved': false,
  'signed-in': false,
  warning: false,
  error: false,
}

const connection = (text: string, code = 421, who = stranger): Refusal => ({
  kind: 'connection-refused',
  client: who,
  reply: reply(code, '4.3.2', text),
  ...at,
})
const message = (text: string, code = 554, who = stranger): Refusal => ({
  kind: 'message-refused',
  client: who,
  from: 'a@x.example',
  reply: reply(code, '5.6.0', text),
  ...at,
})
const session = (text: string, code = 421, who = stranger): Refusal => ({
  kind: 'session-refused',
  client: who,
  reply: reply(code, '4.4.2', text),
  ...at,
})
const logOn = (text: string, code = 535, name = 'support'): Refusal => ({
  kind: 'logon-failed',
  client: stranger,
  user: name,
  reply: reply(code, '5.7.8', text),
  ...at,
})

/** One of each kind; the compiler asks for those of a new one. */
const SAMPLES: Readonly<Record<WhyKind, Refusal>> = {
  'access-list': {
    ...at,
    kind: 'connection-refused',
    client: stranger,
    list: 'service',
    row: null,
    reply: reply(554, '5.7.1', 'Connections from your IP address are not accepted'),
  },
  'always-blocked': connection('Connections from your IP address are not accepted', 554),
  blocked: connection('Too many errors from your IP address - try again in 30 minutes'),
  'old-devices-only': connection('This port is for devices in the local networks only', 554),
  'old-devices-full': connection('Too many connections to this port - try again later'),
  'old-devices-full-for-one': connection(
    'Too many connections from your address to this port - try again later',
  ),
  full: connection('Too many connections - try again later'),
  'full-for-one': connection('Too many connections from your address - try again later'),
  'full-for-network': connection('Too many connections from your network - try again later'),
  'gave-way': connection('Others need the place of this idle connection - try again later'),
  'talked-early': connection('Wait for the greeting before you talk; closing the connection', 554),
  'session-timeout': session('The session has lasted too long; closing the connection'),
  'command-timeout': session('The command took too long to come; closing the connection'),
  'too-many-errors': session('Too many unknown commands; closing the connection'),
  'too-many-commands': session('Too many commands without a message; closing the connection'),
  'no-mail-program': session('This is a mail server; closing the connection'),
  'bare-lf-command': session('Lines must end in CR LF; this one ended in LF alone', 500, scanner),
  'bare-lf': message('A line ends in LF without CR in line 3 of the message', 554, scanner),
  'bare-cr': message('A CR stands without LF in line 3 of the message'),
  nul: message('There is a NUL byte in line 3 of the message'),
  loop: message('The message has passed more than 100 servers: it runs in a circle'),
  'too-large': message('The message is larger than the 25000000 bytes this server takes', 552),
  disk: message("The disk is full: Postern can't keep the message until space is freed.", 452),
  lost: message('The connection was lost', 421),
  'data-timeout': message('The message took too long to come; closing the connection', 421),
  'too-slow': message('The message comes too slowly; closing the connection', 421),
  stopping: message('The server is shutting down', 421),
  'account-gone': message('Log on first, then send to this recipient', 530),
  'wrong-password': logOn('User name or password is wrong'),
  'for-another': logOn('An account acts for itself only: leave the authorization identity out'),
  'wrong-passwords': logOn('Too many failed log-ons; closing the connection', 421),
  'log-on-later': logOn('Too many failed log-ons - try again in 20 seconds', 454),
  tls: { ...at, kind: 'tls-failed', client: stranger, text: 'The TLS handshake failed: no shared cipher.' },
  recipient: {
    ...at,
    kind: 'recipient-refused',
    client: stranger,
    from: '',
    to: 'b@elsewhere.example',
    list: 'service',
    row: 3,
    reply: reply(530, '5.7.0', 'Log on first, then send to this recipient'),
  },
  other: message('Words of long ago'),
}

interface Found {
  readonly change?: Change
  readonly facts?: SourceFacts
}

function why(event: Refusal, { change = {}, facts }: Found = {}): Why & { readonly settings: Settings } {
  const settings = office(change)
  const policy = compilePolicy(settings, machine)
  const explain = (asked: Parameters<typeof explainAnswer>[0]) => explainAnswer(asked, policy, settings)
  return { ...whyAnswer(event, { settings, policy, view: () => facts, explain }), settings }
}

test('every event that tells of a refusal can be asked about, in the window too, and no other', () => {
  const asked = Object.entries(ASKED).flatMap(([kind, is]) => (is ? [kind] : []))
  assert.deepEqual(asked.toSorted(), REFUSALS.toSorted())
  for (const event of Object.values(SAMPLES)) assert.ok(isRefusal(event) && isShownRefusal(event))
  for (const kind of Object.keys(ASKED)) {
    const event = { kind } as Event
    assert.equal(isShownRefusal(event), isRefusal(event), kind)
  }
})

test('each kind has words of its own, whole sentences that name a setting there is', () => {
  const said = new Map<string, string>()
  for (const [kind, event] of Object.entries(SAMPLES)) {
    const { kind: found, means, cause, todo, path, settings } = why(event)
    assert.equal(found, kind)
    for (const text of [means, cause, todo]) {
      assert.match(text, /^[A-Z0-9“].*[.]$/s, `${kind}: ${text}`)
      assert.doesNotMatch(text, /undefined|null|NaN/, kind)
    }
    const words = `${means} ${todo}`
    assert.equal(said.get(words), undefined, `${kind} says the same as ${said.get(words)}`)
    said.set(words, kind)
    assert.ok(path === undefined || getPath(settings, path).ok, `${kind}: ${path}`)
    for (const [name] of cause.matchAll(/smtp(?:\.\w+)+/g)) assert.ok(getPath(settings, name).ok, name)
  }
})

/** Replies that no refusal in the log has: the protocol's own, which a person can't meet, and those of recipients. */
const UNTOLD = [
  /^MAIL |^No recipient was accepted|^DATA takes|^STARTTLS|^TLS is active|^EHLO or HELO|^Give your host name/,
  /^AUTH |^Only AUTH|^That (?:is not base64|holds no user name)|^The user name is missing|^The log-on was cancelled/,
  /^Logging on |^You are logged on|^Command |^A command line|^Must issue STARTTLS|^Something went wrong here/,
  /^Too many recipients in one message|^Too many log-ons at once/,
]

test('each reply that refuses in app/smtp and app/guard has words, or is told in no refusal', () => {
  const files = ['app/smtp', 'app/guard'].flatMap(folder =>
    readdirSync(folder).map(name => readFileSync(`${folder}/${name}`, 'utf8')),
  )
  const written = /reply\(\s*([45]\d\d),\s*'[\d.]*',\s*(?:'((?:[^'\\]|\\.)*)'|`([^`]*)`)/g
  const replies = files.flatMap(text =>
    [...text.matchAll(written)].map(([, code, plain, template]) => ({
      code: Number(code),
      text: (plain ?? template ?? '')
        .replace(/\$\{PROBLEMS\[[^}]*\}/, 'A line ends in LF without CR')
        .replace(/\$\{[^}]*\}/g, '9'),
    })),
  )
  assert.ok(replies.length > 35, `${replies.length} were found`)
  for (const { code, text } of replies) {
    const untold = UNTOLD.some(words => words.test(text))
    assert.equal(replyKind({ code, text }) === undefined, untold, `${code} ${text}`)
  }
})

test('the same words of a list and of IDS/IPS are told apart', () => {
  assert.equal(whyKindOf(SAMPLES['access-list']), 'access-list')
  assert.equal(whyKindOf(SAMPLES['always-blocked']), 'always-blocked')
})

/** The settings with what an answer offers. */
function mended({ mends, settings }: ReturnType<typeof why>): Settings {
  const [mend] = mends
  assert.ok(mend?.kind === 'edit')
  const edited = applyEdits(settings, mend.edits)
  assert.ok(edited.ok)
  return edited.value as Settings
}

test('a list that lets a client not connect: which row, and one click for its address alone', () => {
  const access = ['block 203.0.113.0/24', 'allow any'].map(row)
  for (const globalAccess of [[], [row('allow local-networks')]]) {
    const smtp = { antiRelay: 'authenticated-users', access, useGlobalAccess: true } as const
    const change = { smtp, globalAccess }
    const answer = why({ ...SAMPLES['access-list'], list: 'service', row: 1 } as Refusal, { change })
    assert.match(answer.means, /row 1 of the access list blocks it/)
    assert.equal(answer.path, 'smtp.access[0]')
    assert.equal(answer.decision?.row, 1)
    const policy = compilePolicy(mended(answer), machine)
    assert.equal(admit(policy, client(stranger)).verdict, 'accept')
    assert.equal(admit(policy, client('203.0.113.8')).verdict, 'refuse')
    assert.equal(decide(policy, client(stranger), undefined, address('b@elsewhere.example')).reply.code, 530)
  }
  const open = { smtp: { antiRelay: 'authenticated-users', access: [row('allow any')] } as const }
  const answer = why(SAMPLES['access-list'], { change: open })
  assert.deepEqual([answer.mends, answer.decision?.verdict], [[], 'accept'])
})

test('always blocked: by which entry; taken out by one click where it is that very address', () => {
  const of = (alwaysBlock: string[]) =>
    why(SAMPLES['always-blocked'], { change: { smtp: { ids: { ...office().smtp.ids, alwaysBlock } } } })
  const network = of(['198.51.100.7', '203.0.113.0/24'])
  assert.match(network.cause, /: 203\.0\.113\.0\/24\.$/)
  assert.deepEqual([network.path, network.mends], ['smtp.ids.alwaysBlock[1]', []])
  const alone = of(['198.51.100.7', stranger])
  assert.deepEqual(mended(alone).smtp.ids.alwaysBlock, ['198.51.100.7'])
  assert.match(of([]).todo, /stands there no longer/)
})

test('a block that stands is lifted by one click; one that is over says so', () => {
  const facts: SourceFacts = {
    address: stranger,
    listed: 'neither',
    points: 0,
    threshold: 400,
    offences: [],
    known: [],
  }
  const block = {
    address: stranger,
    since: 0,
    until: 60_000,
    points: 450,
    why: '9 wrong passwords',
    offences: [],
    refused: 1,
    known: [],
  }
  const standing = why(SAMPLES.blocked, { facts: { ...facts, block } })
  assert.match(standing.means, /9 wrong passwords/)
  assert.deepEqual(
    standing.mends.map(({ kind }) => kind),
    ['unblock'],
  )
  const over = why(SAMPLES.blocked, { facts })
  assert.deepEqual(over.mends, [])
  assert.match(over.todo, /isn't blocked now/)
})

test('bare LF of a machine of the office: the row, and one click that changes nothing else for it', () => {
  const globalAccess = [row('allow any')]
  for (const useGlobalAccess of [false, true])
    for (const list of [['allow local-networks noauth'], [`allow ${scanner} - fred`, 'allow any']]) {
      const change = { globalAccess, smtp: { useGlobalAccess, access: list.map(row) } }
      for (const sample of [SAMPLES['bare-lf'], SAMPLES['bare-lf-command']]) {
        const answer = why(sample, { change })
        assert.match(answer.todo, /switch mendLineEnds on for its address alone, at or above row 1/)
        const [before, after] = [answer.settings, mended(answer)].map(one => compilePolicy(one, machine))
        assert.ok(before && after)
        assert.deepEqual(
          [before, after].map(one => mendsLineEnds(one, client(scanner))),
          [false, true],
        )
        assert.equal(mendsLineEnds(after, client('192.168.1.51')), false)
        for (const who of [undefined, 'fred', 'support']) {
          const answered = (policy: typeof before): Reply =>
            decide(policy, client(scanner), who, address('b@elsewhere.example')).reply
          assert.deepEqual(answered(after), answered(before))
        }
      }
    }
})

test('bare LF of a stranger, or of whom no row matches, is told, and not mended by a click', () => {
  const foreign = why(message('A line ends in LF without CR in line 3 of the message'))
  assert.match(foreign.todo, /Whoever runs this machine/)
  const unmatched = why(SAMPLES['bare-lf'], { change: { smtp: { access: [] } } })
  assert.match(unmatched.todo, /by a row of the access list, where none matches it/)
  assert.deepEqual([foreign.mends, unmatched.mends], [[], []])
  const mends = [{ ...row('allow any'), mendLineEnds: true }]
  assert.match(why(SAMPLES['bare-lf'], { change: { smtp: { access: mends } } }).todo, /^Nothing/)
})

test('a log-on says what is wrong with the account, to whoever runs the server', () => {
  const { password: _, ...silent } = user('silent')
  const users = [user('support'), user('fred', { enabled: false }), silent]
  const of = (name: string) => why(logOn('User name or password is wrong', 535, name), { change: { users } })
  assert.match(of('support').cause, /password that was wrong/)
  assert.match(of('fred').cause, /disabled/)
  assert.match(of('silent').cause, /no password yet/)
  assert.match(of('admin').cause, /no account/)
  assert.deepEqual(
    ['fred', 'admin'].map(name => of(name).path),
    ['users[1]', 'users'],
  )
})

test('limits are told as they stand now', () => {
  const smtp = { maxConnections: 7, commandTimeout: 90_000, minDataRate: 512, maxMessageSize: 1024 ** 2 }
  const cause = (kind: WhyKind) => why(SAMPLES[kind], { change: { smtp } }).cause
  assert.match(cause('full'), /takes 7 connections/)
  assert.match(cause('command-timeout'), /90s/)
  assert.match(cause('too-slow'), /512B a second/)
  assert.match(cause('too-large'), /1MB/)
})

test('a recipient is decided again, and what changed since is said', () => {
  const same = why(SAMPLES.recipient)
  assert.doesNotMatch(same.cause, /changed/)
  assert.equal(same.path, 'smtp.access[2]')
  const change = { smtp: { access: [row('allow any noauth')] } }
  const now = why(SAMPLES.recipient, { change })
  assert.match(`${now.cause} ${now.todo}`, /Since then something changed.*would be taken now/)
})

const hostile: Reply = reply(530, '5.7.0', 'x')
test('an account that is gone in the middle of a session is named', () => {
  const { means } = why({
    ...at,
    kind: 'message-refused',
    client: stranger,
    from: '',
    gone: 'fred',
    reply: hostile,
  })
  assert.match(means, /^The account fred that 203\.0\.113\.9 had logged on with was removed, disabled/)
})

test('who was slow gave way as who was idle did', () => {
  const text = 'Others need the place of this slow connection - try again later'
  assert.equal(replyKind({ code: 421, text }), 'gave-way')
})
