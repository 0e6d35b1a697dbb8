/** Imports and exports through a relay's control: looked at, refused with all reasons, applied, undone. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ImportAsked } from '../../app/control/control.ts'
import { input, run } from '../support/command.ts'
import { makeFolder } from '../support/folder.ts'
import { startRelay } from '../support/relay.ts'

function asked(text: string | Buffer, more: Partial<ImportAsked> = {}): ImportAsked {
  return { files: [{ name: 'list', base64: Buffer.from(text).toString('base64') }], ...more }
}

const list = 'NOGLOBAL\n# office\n127.0.1.0 255.255.255.0 noauth\n0.0.0.0 0.0.0.0 fred bob\n'

test('a list is looked at, applied while running, kept in history and undone byte for byte', async t => {
  const { control, folder } = await startRelay(t)
  const file = join(folder, 'settings.json')
  const before = await readFile(file)
  const preview = await control.previewImport(asked(list))
  assert.deepEqual(preview.problems, [])
  assert.deepEqual(
    preview.rows.map(({ from }) => from),
    ['127.0.1.0/24', 'any'],
  )
  assert.deepEqual(
    preview.remarks.map(({ line, text }) => [line, text.slice(0, 24)]),
    [[4, 'There is no account bob ']],
  )
  assert.ok(preview.words.length > 0)
  assert.ok(preview.senders.some(({ words }) => /^fred can send to addresses outside/.test(words)))
  assert.deepEqual(await readFile(file), before)

  const stranger = { client: '127.0.9.9', user: 'fred', to: 'a@elsewhere.example' }
  assert.equal((await control.explain(stranger)).reply.code, 550)
  assert.ok((await control.importList(asked(list), 'command line')).ok)
  assert.equal((await control.explain(stranger)).reply.code, 250)
  const [entry] = await control.history()
  assert.equal(entry?.by, 'command line')
  assert.ok((await control.undo('command line')).ok)
  assert.deepEqual(await readFile(file), before)
})

const refusals: [string, ImportAsked, RegExp, Partial<ImportAsked> | undefined][] = [
  [
    'a line that could not be taken',
    asked(`${list}10.0.0.300\n`),
    /Mend the lines that could not be taken/,
    { leaveOut: true },
  ],
  [
    'an empty list',
    asked('NOGLOBAL'),
    /The list is empty\. That let everybody in there/,
    { empty: 'nobody' },
  ],
  [
    'a Postfix as the global list',
    asked('mynetworks = 10.0.0.0/8', { list: 'global' }),
    /Only VPOP3 has a global list/,
    undefined,
  ],
]
for (const [name, one, text, answer] of refusals) {
  test(`refused until answered: ${name}`, async t => {
    const { control, folder } = await startRelay(t)
    const before = await readFile(join(folder, 'settings.json'))
    const { problems } = await control.previewImport(one)
    assert.match(problems.map(problem => problem.text).join(), text)
    assert.deepEqual(await control.importList(one, 'window'), { ok: false, problems })
    assert.deepEqual(await readFile(join(folder, 'settings.json')), before)
    assert.deepEqual(await control.history(), [])
    if (answer) assert.ok((await control.importList({ ...one, ...answer }, 'window')).ok)
  })
}

test('100,000 rows pasted at once: wrong lines told, the settings stay; without them applied, and undone', async t => {
  const { control, folder } = await startRelay(t)
  const file = join(folder, 'settings.json')
  const before = await readFile(file)
  const lines = Array.from({ length: 100_000 }, (_, n) =>
    n % 50_000 === 7
      ? `Allow 10.0.0.${n} No Auth`
      : `Allow 10.${n >> 16}.${(n >> 8) & 255}.${n & 255} No Auth`,
  )
  lines[7] = 'Allow 10.0.0.300 No Auth'
  const one = asked(lines.join('\r\n'))
  const preview = await control.previewImport(one)
  assert.deepEqual(preview.asks, ['leave-out'])
  assert.deepEqual(
    preview.remarks.map(({ line, lost }) => [line, lost]),
    [
      [8, true],
      [50_008, true],
    ],
  )
  assert.equal(preview.rowCount, 99_998)
  assert.equal((await control.importList(one, 'window')).ok, false)
  assert.deepEqual(await readFile(file), before)
  assert.ok((await control.importList({ ...one, leaveOut: true }, 'window')).ok)
  const { row } = await control.explain({ client: '10.1.134.159', to: 'a@elsewhere.example' })
  assert.equal(row, 99_998)
  assert.ok((await control.undo('window')).ok)
  assert.deepEqual(await readFile(file), before)
})

test('what no list is rejects with a sentence', async t => {
  const { control } = await startRelay(t)
  await assert.rejects(control.previewImport(asked('hello')), /It is none of the lists/)
  await assert.rejects(control.previewImport({ files: [] }), /There is nothing to import/)
})

test('the global list goes beside the service’s own', async t => {
  const { control } = await startRelay(t)
  const applied = await control.importList(asked('!10.0.0.0 255.0.0.0', { list: 'global' }), 'window')
  assert.ok(applied.ok)
  const rows = await control.getSettings('globalAccess')
  assert.ok(Array.isArray(rows) && rows.length === 1)
  assert.equal(await control.getSettings('smtp.useGlobalAccess'), false)
})

test('by command: a file or standard input, dry unless --apply, with what is to be answered', async t => {
  const { control } = await startRelay(t)
  const file = join(await makeFolder(t), 'list.txt')
  await writeFile(file, `\ufeff${list}rubbish\n`, 'utf16le')
  const dry = await run(['import', file], control)
  assert.equal(dry.status, 2)
  assert.match(
    dry.out,
    /^VPOP3 1\.5: 2 rows\.\n {2}1\. allow 127\.0\.1\.0\/24, without authentication {2}\(office\)/,
  )
  assert.match(dry.out, /Not taken:\n {2}line 5: "rubbish" is not an address/)
  assert.match(dry.err, /answered by --leave-out\.\nMend the lines/)
  const refused = await run(['import', 'vpop3', file, '--version', '1.5', '--apply'], control)
  assert.equal(refused.status, 2)
  assert.match(refused.err, /^line 5: "rubbish"/)
  assert.deepEqual(await control.history(), [])
  const applied = await run(['import', 'vpop3', file, '--version', '1.5', '--apply', '--leave-out'], control)
  assert.equal(applied.status, 0)
  assert.equal((await control.history()).length, 1)
  const stdin = input('1\n0|0||2|0||\n')
  const json = await run(['import', 'vpop3', '-', '--json', '--dry-run'], control, { stdin })
  assert.equal(json.status, 0)
  assert.equal(JSON.parse(json.out).dialect, 'vpop3-5')
})

test('by command: exports go to a file or a new folder, never over what is there', async t => {
  const { control } = await startRelay(t)
  const folder = await makeFolder(t)
  const printed = await run(['export', 'vpop3', '--version', '3'], control)
  assert.equal(printed.status, 0)
  assert.equal(printed.out, 'Block routers\r\nAllow Local Nets No Auth\r\nAllow Any - support webmaster\r\n')
  const file = join(folder, 'list.txt')
  assert.equal((await run(['export', 'vpop3', '--version', '5', file], control)).status, 0)
  assert.equal(
    await readFile(file, 'utf8'),
    '0\r\n0|0||2|0||\r\n1|0||1|1||\r\n1|0||0|0|support\twebmaster|\r\n',
  )
  assert.equal((await run(['export', 'vpop3', '--version', '5', file], control)).status, 2)
  assert.equal((await run(['export', 'postfix', join(folder, 'new')], control)).status, 0)
  const again = await run(['export', 'postfix', join(folder, 'new')], control)
  assert.equal(again.status, 2)
  assert.match(again.err, /holds files already/)
  const back = await run(['import', 'postfix', join(folder, 'new'), '--json'], control)
  assert.equal(JSON.parse(back.out).dialect, 'postfix')
})

test('what Postfix can’t express is refused with the reason, and nothing is written', async t => {
  const address = { name: 'odd', addresses: ['a+b@example.com', '"a b"@example.com'] }
  const { control } = await startRelay(t, {
    users: [address, { name: 'silent' }],
    aliases: { 'info@example.com': ['silent'] },
    smtp: { access: [{ action: 'allow', from: 'home.dyn.example' }] },
  })
  const made = await control.exportList({ dialect: 'postfix' })
  assert.ok(!made.ok)
  assert.deepEqual(
    made.problems.map(({ path }) => path),
    ['smtp.access[0].from', 'users[0].addresses[1]', 'aliases.info@example.com'],
  )
})

test('a list that makes an open relay needs to be allowed openly', async t => {
  const { control } = await startRelay(t)
  const one = asked('NOGLOBAL\n0.0.0.0 0.0.0.0 noauth')
  const preview = await control.previewImport(one)
  assert.equal(preview.opens, true)
  assert.match(preview.open ?? '', /every address of the Internet/)
  const refused = await control.importList(one, 'command line')
  assert.ok(!refused.ok)
  assert.match(refused.problems[0]?.text ?? '', /open relay.*--allow-open-relay/)
  assert.deepEqual(await control.history(), [])
  const stdin = () => ({ stdin: input('NOGLOBAL\n0.0.0.0 0.0.0.0 noauth') })
  assert.equal((await run(['import', '-'], control, stdin())).status, 2)
  assert.equal((await run(['import', '-', '--apply'], control, stdin())).status, 2)
  assert.equal((await run(['import', '-', '--apply', '--allow-open-relay'], control, stdin())).status, 0)
})

test('an empty list that is to mean everybody lets them in as the other settings say', async t => {
  const { control } = await startRelay(t)
  assert.ok((await control.importList(asked('NOGLOBAL', { empty: 'everybody' }), 'window')).ok)
  const stranger = { client: '127.0.9.9', to: 'a@elsewhere.example' }
  assert.equal((await control.explain(stranger)).reply.code, 530)
  assert.equal((await control.explain({ ...stranger, user: 'fred' })).reply.code, 250)
})

const hostile: [string, Buffer, RegExp][] = [
  ['100 MB of text', Buffer.alloc(100_000_000, 'Allow Any No Auth\n'), /is over 16 MiB; give less\./],
  ['a ZIP file', Buffer.from('PK\u0003\u0004 and more'), /^It is packed/],
  ['a line of 10 MB', Buffer.alloc(10_000_000, 'x'), /^It is none of the lists/],
  [
    'a line of 10 MB behind a good one',
    Buffer.from(`Allow Any\n${'x'.repeat(10_000_000)}`),
    /^line 2: This line is over 4000 characters long/,
  ],
  [
    'NUL bytes',
    Buffer.from('Allow Any\nAllow 10.0.0.1\u0000\n'),
    /^line 2: This line holds characters that are no text/,
  ],
  ['deep XML', Buffer.from('<Backup>'.repeat(1_000_000)), /^line 1: Elements are nested over 50 deep/],
  [
    'an entity bomb',
    Buffer.from('<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><Backup>&c;</Backup>'),
    /^line 1: This file defines a document type/,
  ],
  ['half of UTF-16', Buffer.from([0xff, 0xfe, 0x41]), /^It is damaged, or no text/],
]
for (const [name, bytes, sentence] of hostile) {
  test(`hostile: ${name} is told in a sentence, by command and by control, and nothing changes`, async t => {
    const { control, folder } = await startRelay(t)
    const before = await readFile(join(folder, 'settings.json'))
    const file = join(await makeFolder(t), 'list')
    await writeFile(file, bytes)
    const start = performance.now()
    for (const more of [[], ['--apply']]) {
      const ran = await run(['import', file, ...more], control)
      assert.notEqual(ran.status, 0, `${ran.out}${ran.err}`)
      const said = ran.err.replace(/^postern: /, '')
      const [first = ''] = said.split('\n')
      const lines =
        more.length > 0 || ran.out === ''
          ? first
          : ran.out
              .split('\n')
              .map(line => line.trim())
              .find(line => line.startsWith('line '))
      assert.match(lines ?? '', sentence, `${ran.out}${ran.err}`)
      assert.ok(ran.out.length + ran.err.length < 2000)
    }
    const applied = await control.importList(asked(bytes), 'window').then(
      answer => answer.ok,
      (error: unknown) => {
        assert.ok(error instanceof Error && /^It is .*\.$/.test(error.message))
        return false
      },
    )
    assert.equal(applied, false)
    assert.ok(performance.now() - start < 30_000)
    assert.deepEqual(await readFile(join(folder, 'settings.json')), before)
    assert.deepEqual(await control.history(), [])
  })
}

test('by command: folders, devices and what is missing', async t => {
  const { control } = await startRelay(t)
  const folder = await makeFolder(t)
  for (const [argv, text] of [
    [['vpop3', folder], / is a folder: give the file in it that holds the list\.\n$/],
    [['hmailserver', folder], / is a folder: give the file in it that holds the list\.\n$/],
    [['postfix', folder], /There is no .*main\.cf; check the name\.\n$/],
    [['vpop3', join(folder, 'none')], /There is no .*none; check the name\.\n$/],
    [['vpop3', '/dev/zero'], /\/dev\/zero is over 16 MiB; give less\.\n$/],
  ] as const) {
    const ran = await run(['import', ...argv], control)
    assert.equal(ran.status, 2)
    assert.match(ran.err, text)
    assert.equal(ran.out, '')
  }
})

test('by command: our own Postfix export reads again, and nobody gains or loses by it', async t => {
  const { control } = await startRelay(t)
  const folder = join(await makeFolder(t), 'etc')
  assert.equal((await run(['export', 'postfix', folder], control)).status, 0)
  const back = await run(['import', 'postfix', folder, '--json'], control)
  assert.equal(back.status, 0, back.err)
  const { senders, lostCount } = JSON.parse(back.out)
  assert.deepEqual([senders, lostCount], [[], 0])
})
