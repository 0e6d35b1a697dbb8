/** The dialogue runner notices every difference, and its scripts say what they seem to say. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { makeCertificate } from '../../support/certificate.ts'
import { runScript, testScripts } from '../../support/dialogue.ts'
import { type Action, matches, parseScript } from '../../support/dialogue-script.ts'
import { makeFolder } from '../../support/folder.ts'
import { type Sink, startSink } from '../../support/sink.ts'
import type { SinkScript } from '../../support/sink-script.ts'

const greeting = ['connect', 'S: 220 sink.example ESMTP']

/** Runs a script against a sink; the port for TLS is the sink's own. */
async function run(t: TestContext, lines: readonly string[], script: SinkScript = {}): Promise<Sink> {
  const sink = await startSink(t, script)
  await runScript(parseScript('x.txt', lines.join('\n')), { plain: sink, tls: sink })
  return sink
}

test('a whole session passes and does what it says', async t => {
  const sink = await run(t, [
    '# A session, as a postmaster reads it.',
    '',
    ...greeting,
    'C: EHLO client.example',
    'S: 250-sink.example',
    'S*: 250-…',
    'S: 250 ENHANCEDSTATUSCODES',
    'C: MAIL FROM:<a@b>',
    'C: RCPT TO:<c@d>',
    'C: DATA',
    'S: 250 2.0.0 …',
    'S: 250 ...',
    'S: 354 Go ahead',
    'C<<END',
    'Subject: x\\r',
    '',
    '..dot',
    'END',
    'C*3: ab\\x63',
    'C: \\tno line end\\0\\\\\\',
    'C: \\r\\n.',
    'S: 250 2.0.0 Taken',
    'C: QUIT',
    'S: 221 …',
    'close',
  ])
  const [transaction] = sink.received
  assert.equal(transaction?.mail, 'MAIL FROM:<a@b>')
  assert.deepEqual(transaction.recipients, ['RCPT TO:<c@d>'])
  assert.equal(
    transaction.content.toString(),
    'Subject: x\\r\r\n\r\n.dot\r\nabcabcabc\r\n\tno line end\0\\\r\n',
  )
})

const wrong: [string, string[], RegExp][] = [
  [
    'another reply',
    [...greeting, 'C: NOOP', 'S: 550 no'],
    /^x\.txt:4: expected "550 no", got "250 2\.0\.0 Ok"\n/,
  ],
  ['a reply that only begins so', [...greeting, 'C: NOOP', 'S: 250'], /x\.txt:4: expected "250", got/],
  ['one line instead of several', [...greeting, 'C: NOOP', 'S: 250-…'], /expected "250-…", got "250 2/],
  ['more than expected', [...greeting, 'C: NOOP', 'C: NOOP', 'S: 250 …'], /:5: expected the end, got "250 2/],
  ['a rest after S*', [...greeting, 'C: EHLO x', 'S*: 250-…'], /expected the end, got "250 ENH/],
  ['a reply after close', [...greeting, 'C: NOOP', 'close'], /:4: expected the server to close, got "250 2/],
  [
    'a rest before close',
    [...greeting, 'C: QUIT', 'S*: 250 …', 'close'],
    /expected the server to close, got "221/,
  ],
  ['a close where a reply is due', [...greeting, 'C: QUIT', 'S: 221 …', 'S: 250 …'], /:5: the server closed/],
  ['no connection', ['C: NOOP'], /x\.txt:1: there is no connection/],
  ['an expectation nobody checks', [...greeting, 'expect mail'], /knows nothing of "expect"/],
]
for (const [name, lines, expected] of wrong) {
  test(`noticed, with its place: ${name}`, async t => {
    await assert.rejects(run(t, lines), (error: Error) => {
      assert.match(error.message, expected)
      return true
    })
  })
}

test('a failure shows the dialogue so far', async t => {
  await assert.rejects(
    run(t, [...greeting, 'C: NOOP', 'S: 500']),
    /\n {2}S: 220 sink.+\n {2}C: NOOP\n {2}S: 250/,
  )
})

test('TLS from the start, by STARTTLS, and from another address', async t => {
  const { key, cert } = await makeCertificate(await makeFolder(t))
  const ask = ['C: MAIL FROM:<>', 'C: RCPT TO:<a@b>', 'C: DATA', 'C: .', 'S: 250 …', 'S: 250 …', 'S: 354 …']
  const end = [...ask, 'S: 250 …']
  const implicit = await run(t, ['connect from 127.0.0.7 tls', 'S: 220 …', ...end], {
    tls: { key, cert, implicit: true },
  })
  assert.equal(implicit.received[0]?.secure, true)
  const upgraded = await run(
    t,
    [...greeting, 'C: STARTTLS', 'C: NOOP injected', 'S: 220 …', 'starttls', ...end],
    { tls: { key, cert } },
  )
  assert.equal(upgraded.received[0]?.secure, true)
  assert.ok(!upgraded.dialogue.some(line => line.includes('injected')))
})

test('several connections, and one that goes without a word', async t => {
  const sink = await run(t, [
    ...greeting,
    ...greeting,
    'switch 1',
    'C: NOOP one',
    'S: 250 …',
    'switch 2',
    'C: NOOP two',
    'S: 250 …',
    'hangup',
  ])
  assert.deepEqual(
    sink.dialogue.filter(line => line.includes('NOOP')),
    ['1 C: NOOP one', '2 C: NOOP two'],
  )
})

function actionsOf(...lines: string[]): Action[] {
  return parseScript('x.txt', lines.join('\n')).steps.map(({ line: _, ...action }) => action)
}

test('base64 stands for its content, escapes inside', () => {
  assert.deepEqual(actionsOf('C: AUTH PLAIN base64(\\0user\\0p w)'), [
    { kind: 'send', bytes: Buffer.from('AUTH PLAIN AHVzZXIAcCB3\r\n') },
  ])
  assert.deepEqual(actionsOf('S: 334 base64(Username:)'), [
    { kind: 'reply', pattern: '334 VXNlcm5hbWU6', many: false },
  ])
})

test('lines without a reply between go out in one piece, UTF-8 as it is', () => {
  assert.deepEqual(actionsOf('C: ü', 'C:', '# between', 'C: x\\xFF\\'), [
    { kind: 'send', bytes: Buffer.from('c3bc0d0a0d0a78ff', 'hex') },
  ])
})

test('settings go on over indented lines, expectations have words and a block', () => {
  const { settings, steps } = parseScript(
    'x.txt',
    ['settings: {', '  "smtp": { "maxRecipients": 2 }', '}', 'expect message to a@b <<E', 'C: x', 'E'].join(
      '\n',
    ),
  )
  assert.deepEqual(settings, { smtp: { maxRecipients: 2 } })
  assert.deepEqual(steps, [
    { line: 4, kind: 'expect', words: 'message to a@b', block: Buffer.from('C: x\r\n') },
  ])
})

const nonsense = ['c: x', 'connect to x', 'S 250', 'C: \\q', 'settings: {', 'C<<END', 'switch 0', 'closed']
for (const line of nonsense) {
  test(`no script line: ${line}`, () => {
    assert.throws(() => parseScript('x.txt', `# first\n${line}`), /^Error: x\.txt:2: /)
  })
}

test('patterns', () => {
  assert.ok(matches('250 …', '250 '))
  assert.ok(matches('250 a…b', '250 a x b'))
  assert.ok(matches('250 (a.b)*...', '250 (a.b)* c'))
  assert.ok(!matches('250 a.b', '250 axb'))
  assert.ok(!matches('250 …b', '250 b c'))
  assert.ok(!matches('250 ... b', '250 a b'))
  assert.ok(matches('…\n…', 'a\nb'))
})

// Registered here, so that the very files become tests, as they will for the relay.
const folder = mkdtempSync(join(tmpdir(), 'postern-test-'))
after(() => rmSync(folder, { recursive: true }))
writeFileSync(
  join(folder, 'b.txt'),
  'settings: {"extensions": ["X-ONE"]}\nexpect extension X-ONE\nconnect\nS: 220 …\n',
)
writeFileSync(join(folder, 'not-a-script.md'), 'nonsense')
testScripts(folder, async (t, settings) => {
  const { extensions } = settings as { extensions: string[] }
  const sink = await startSink(t, { extensions })
  return {
    plain: sink,
    expect: async words => assert.equal(words, `extension ${extensions[0]}`),
  }
})
