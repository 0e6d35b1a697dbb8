/** The settings file: the very bytes that conf writes, replaced whole or not at all. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import Conf from 'conf'
import { firstSettings } from '../../../app/settings/defaults.ts'
import { decodeSettings, formatSettings, readSettingsFile } from '../../../app/settings/file.ts'
import { replaceFile } from '../../../app/settings/replace.ts'
import { makeFolder } from './temporary.ts'

test('conf reads our file, and what it writes is what we would write', async t => {
  const cwd = makeFolder(t)
  const file = join(cwd, 'settings.json')
  const raw = { ...firstSettings(2525), aliases: { 'bücher@example.com': ['\u2028 "quoted" \\ \u0001'] } }
  await replaceFile(file, formatSettings(raw))
  const conf = new Conf<Record<string, unknown>>({ cwd, configName: 'settings' })
  assert.deepEqual({ ...conf.store }, raw)
  assert.equal(readFileSync(file, 'utf8'), formatSettings(raw))
  conf.set('hostname', 'mail.example.com')
  assert.equal(readFileSync(file, 'utf8'), formatSettings({ ...raw, hostname: 'mail.example.com' }))
})

test('the file is for this user only, whatever it was before', async t => {
  const file = join(makeFolder(t), 'settings.json')
  writeFileSync(file, '{}')
  chmodSync(file, 0o644)
  await replaceFile(file, '{"schema":1}')
  assert.equal(statSync(file).mode & 0o777, 0o600)
})

test('a link stays a link, and its target is replaced', async t => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'real.json'), 'old')
  symlinkSync('real.json', join(folder, 'settings.json'))
  await replaceFile(join(folder, 'settings.json'), 'new')
  assert.equal(readFileSync(join(folder, 'real.json'), 'utf8'), 'new')
  assert.deepEqual(readdirSync(folder).sort(), ['real.json', 'settings.json'])
})

test('what cannot be replaced stays, and nothing is left behind', async t => {
  const folder = makeFolder(t)
  mkdirSync(join(folder, 'settings.json'))
  await assert.rejects(replaceFile(join(folder, 'settings.json'), 'new'), { code: 'EISDIR' })
  assert.deepEqual(readdirSync(folder), ['settings.json'])
})

/** Runs a script with `file`, on a disk that fills up: beyond 16 KiB the system writes what fits, then gives EFBIG. */
function runOnFullDisk(script: string, file: string) {
  const path = `${file}.run.mts`
  writeFileSync(path, script)
  const limited = 'ulimit -f 16; trap "" XFSZ; exec "$0" --import tsx "$1" "$2"'
  const run = spawnSync('bash', ['-c', limited, process.execPath, path, file], {
    encoding: 'utf8',
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    timeout: 60_000,
  })
  rmSync(path)
  return run
}

test('a write that the disk takes only half leaves the old file whole', {
  skip: process.platform === 'win32',
}, t => {
  const folder = makeFolder(t)
  const file = join(folder, 'settings.json')
  writeFileSync(file, 'old')
  const run = runOnFullDisk(
    `import { replaceFile } from '${join(process.cwd(), 'app/settings/replace.ts')}'
    await replaceFile(process.argv[2], 'x'.repeat(64 * 1024)).then(
      () => console.log('written'), error => console.log(error.code))`,
    file,
  )
  assert.equal(run.stdout.trim(), 'EFBIG', run.stderr)
  assert.equal(readFileSync(file, 'utf8'), 'old')
  assert.deepEqual(readdirSync(folder), ['settings.json'])
})

/** Why the app writes the settings itself, in the bytes of electron-store, whose base conf is; if this fails, it need not. */
test('conf takes such a half write for a whole one, and the settings are lost', {
  skip: process.platform === 'win32',
}, t => {
  const folder = makeFolder(t)
  const file = join(folder, 'settings.json')
  writeFileSync(file, '{"hostname":"mail.example.com"}')
  const run = runOnFullDisk(
    `import { dirname } from 'node:path'
    import Conf from '${join(process.cwd(), 'node_modules/conf/dist/source/index.js')}'
    const conf = new Conf({ cwd: dirname(process.argv[2]), configName: 'settings' })
    conf.set('comment', 'x'.repeat(64 * 1024))
    console.log('written')`,
    file,
  )
  assert.equal(run.stdout.trim(), 'written', run.stderr)
  assert.throws(() => JSON.parse(readFileSync(file, 'utf8')), SyntaxError)
})

test('who reads while the file is replaced sees the old or the new one, whole', async t => {
  const file = join(makeFolder(t), 'settings.json')
  const texts = ['a'.repeat(200_000), 'b'.repeat(300_000)]
  await replaceFile(file, 'a'.repeat(200_000))
  let writing = true
  const writer = (async () => {
    for (let round = 0; round < 40; round++) await replaceFile(file, texts[round % 2] ?? '')
    writing = false
  })()
  while (writing) {
    const found = await readSettingsFile(file)
    assert.ok(found.kind === 'text' && texts.includes(found.text))
  }
  await writer
})

test('encodings: UTF-8 with its mark is kept as it is, others are named', () => {
  const marked = Buffer.from('\ufeff{"a":"ü"}')
  const found = decodeSettings(marked)
  assert.ok(found.kind === 'text')
  assert.deepEqual(Buffer.from(found.text), marked)
  for (const bytes of [
    Buffer.from('{"a":"ü"}', 'latin1'),
    Buffer.from('\ufeff{}', 'utf16le'),
    Buffer.from([0xed, 0xa0, 0x80]),
  ])
    assert.equal(decodeSettings(bytes).kind, 'unreadable')
})

test('no file and no access are different answers', async t => {
  const folder = makeFolder(t)
  assert.deepEqual(await readSettingsFile(join(folder, 'none.json')), { kind: 'absent' })
  const found = await readSettingsFile(folder)
  assert.ok(found.kind === 'unreadable')
  assert.match(found.problem.text, /^Move .* elsewhere: it is a folder, not a file\.$/)
})
