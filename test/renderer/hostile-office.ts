/** An office to which strangers have said everything that could harm a page. */
import { parseSettings } from '../../app/settings/parse.ts'
import { checks } from '../unit/settings/checks.ts'
import { FakeBridge } from './fake-bridge.ts'
import { officeQueue, officeSettings } from './office.ts'

export const hostileTexts: readonly string[] = [
  '<script>globalThis.ran = 1</script><img src=x onerror="globalThis.ran = 2">',
  '"><svg onload=globalThis.ran=3><iframe srcdoc="<script>parent.ran=4</script>">',
  'annual\u202egnp.exe\u202c\u2066\u200f',
  'ze\u200bro\u200b\u2060\ufeffwidth',
  '\u001b[31mred\u001b]8;;https://bad.example\u0007link\u001b]8;;\u0007\u009b2J',
  'x'.repeat(10_000),
  `nul\0and\r\n250 2.0.0 a line of its own\r\nRCPT TO:<x@y.example>`,
  `z\u0310${'\u0335\u0322\u0347'.repeat(60)}algo`,
  'javascript:globalThis.ran=5',
  '\u{1f4a3}\ud800\u0600'.repeat(50),
]

/** Where our own settings take them: comments of rows, names of users. */
export function hostileOffice(): Record<string, unknown> {
  const office = officeSettings()
  const rows = hostileTexts.map((comment, at) => ({
    action: 'allow',
    from: `198.51.100.${at}`,
    comment: comment.slice(0, 1000),
  }))
  const users = hostileTexts
    .map(text => ({ name: text.slice(0, 64), addresses: [] }))
    .filter(user => parseSettings({ ...office, users: [user] }, checks).ok)
  const smtp = { ...Object(office['smtp']), access: [...Object(office['smtp']).access, ...rows] }
  return {
    ...office,
    smtp,
    users: [...Object(office['users']), ...users, { name: 'x'.repeat(64), addresses: [] }],
  }
}

const who = { session: 's', client: '203.0.113.9' }

export function hostileBridge(now = Date.now()): FakeBridge {
  const bridge = new FakeBridge(hostileOffice(), now)
  bridge.events = hostileTexts.flatMap((text, at) => {
    const time = now - at * 1000
    const reply = { code: 550, status: '5.7.1', text }
    const via = `smart host ${text}`
    return [
      { kind: 'logon-failed', time, ...who, user: text, reply },
      { kind: 'tls-failed', time, ...who, text },
      {
        kind: 'recipient-refused',
        time,
        ...who,
        from: text,
        to: text,
        user: text,
        reply,
        list: 'service',
        row: 1,
      },
      { kind: 'accepted', time, ...who, from: text, to: [text], size: 5, id: `A${at}` },
      { kind: 'deferred', time, id: `A${at}`, to: text, via, reply, next: now + 1000 },
      { kind: 'failed', time, id: `A${at}`, to: text, via, reply },
      { kind: 'settings-applied', time, by: 'command line', words: text },
      { kind: 'warning', time, text },
      { kind: 'error', time, text },
    ] as const
  })
  bridge.queue = hostileTexts.flatMap((text, at) =>
    officeQueue(now).map((message, number) => ({
      ...message,
      id: `H${at}${number}`,
      // No path is longer (RFC 5321 section 4.5.3.1).
      envelope: {
        ...message.envelope,
        reversePath: text.slice(0, 320),
        recipients: [{ address: text.slice(0, 320) }],
      },
      origin: { ...message.origin, user: text },
      states: [
        { kind: 'waiting' as const, attempts: 1, next: now, reply: { code: 451, status: '4.7.1', text } },
      ],
    })),
  )
  bridge.hops = hostileTexts.map(text => ({
    name: text,
    reason: 'unreachable' as const,
    since: now - 1000,
    next: now + 1000,
    why: text,
    waiting: 1,
  }))
  bridge.warnings = hostileTexts.map(text => ({ kind: 'stuck-mail' as const, text, about: [text] }))
  bridge.certificateNames = hostileTexts
  bridge.header = `Subject: hello\r\n${hostileTexts.map(text => `X-Header: ${text}`).join('\r\n')}\r\n`
  return bridge
}
