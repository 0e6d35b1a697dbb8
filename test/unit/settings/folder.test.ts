/** The data folder: chosen, made, and closed to others, but never somebody else's folder. */
import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { DataFolder, FolderUnusable } from '../../../app/settings/folder.ts'
import { makeFolder } from './temporary.ts'

const unix = { skip: process.platform === 'win32' }
const asRoot = { skip: process.getuid?.() !== 0 }

function mode(path: string): number {
  return statSync(path).mode & 0o777
}

async function refused(path: string, words: RegExp): Promise<void> {
  await assert.rejects(DataFolder.open(path), (error: unknown) => {
    assert.ok(error instanceof FolderUnusable)
    assert.match(error.message, words)
    assert.match(error.message, /choose another folder with --data\.$/)
    return true
  })
}

function withVariable(t: TestContext, name: string, value: string | undefined): void {
  const before = process.env[name]
  const put = (text: string | undefined) => {
    if (text === undefined) delete process.env[name]
    else process.env[name] = text
  }
  put(value)
  t.after(() => put(before))
}

test('--data comes before POSTERN_DATA, and that before the usual place', t => {
  withVariable(t, 'POSTERN_DATA', '/from/variable')
  withVariable(t, 'XDG_DATA_HOME', '/usual')
  assert.equal(DataFolder.choose('/from/option'), resolve('/from/option'))
  assert.equal(DataFolder.choose(''), resolve('/from/variable'))
  assert.equal(DataFolder.choose(), resolve('/from/variable'))
  assert.equal(DataFolder.choose('relative'), resolve('relative'))
  process.env['POSTERN_DATA'] = ''
  if (process.platform === 'linux') assert.equal(DataFolder.choose(), '/usual/postern')
})

test('everything is made for this user only, whatever the umask', unix, async t => {
  const umask = process.umask(0)
  t.after(() => process.umask(umask))
  const path = join(makeFolder(t), 'deep', 'data')
  const folder = await DataFolder.open(path)
  assert.equal(folder.settingsFile, join(path, 'settings.json'))
  for (const made of [path, folder.spool, folder.mail, folder.log, folder.tls, folder.history])
    assert.equal(mode(made), 0o700, made)
  assert.equal(existsSync(folder.settingsFile), false)
})

test('loose rights on a data folder are mended', unix, async t => {
  const path = join(makeFolder(t), 'data')
  const folder = await DataFolder.open(path)
  for (const loose of [path, folder.spool, folder.tls]) chmodSync(loose, 0o755)
  writeFileSync(join(folder.tls, 'key.pem'), '')
  writeFileSync(folder.settingsFile, '{}')
  await DataFolder.open(path)
  for (const mended of [path, folder.spool, folder.tls]) assert.equal(mode(mended), 0o700)
})

test('a folder with other things in it is not taken from other users', unix, async t => {
  const path = makeFolder(t)
  writeFileSync(join(path, 'thesis.txt'), '')
  chmodSync(path, 0o755)
  await refused(path, /holds other things/)
  assert.equal(mode(path), 0o755)
  assert.equal(existsSync(join(path, 'spool')), false)
  chmodSync(path, 0o700)
  await DataFolder.open(path)
})

test('a file is no folder', async t => {
  const path = join(makeFolder(t), 'data')
  writeFileSync(path, '')
  await refused(path, /is a file, not a folder/)
  await refused(join(path, 'deeper'), /no folder/)
})

test('what is wrong with a folder reads as a sentence', asRoot, async t => {
  const path = makeFolder(t)
  const said = async (folder: string) => {
    const error = await DataFolder.open(folder).catch((refusal: unknown) => refusal)
    return error instanceof FolderUnusable ? error.message.replaceAll(path, '') : ''
  }
  writeFileSync(join(path, 'file'), '')
  mkdirSync(join(path, 'other'), { mode: 0o755 })
  writeFileSync(join(path, 'other', 'thesis.txt'), '')
  const end = ', or choose another folder with --data.'
  assert.equal(await said(join(path, 'file')), `/file is a file, not a folder: move it elsewhere${end}`)
  assert.equal(
    await said(join(path, 'file', 'x')),
    `The folder /file/x can't be used (a part of its path is no folder): mend that${end}`,
  )
  assert.equal(
    await said(join(path, 'other')),
    `The folder /other holds other things and is open to other users: close it to them${end}`,
  )
})

test('a place that takes no folders is told at once', { skip: process.platform !== 'linux' }, async () => {
  await refused(
    '/proc/nope',
    /^The folder \/proc\/nope can't be made, since \/proc takes no folders: check its name, /,
  )
  await refused('/proc/nope/below', /^The folder \/proc\/nope\/below can't be made, since \/proc takes/)
})

test('where nothing was ever kept there is nothing to read, and nothing is made', async t => {
  const parent = makeFolder(t)
  const expected = (path: string, words: RegExp) => assert.rejects(DataFolder.expect(path), words)
  await expected(join(parent, 'typo'), /There is no data folder .*typo: begin one with "postern serve", or/)
  assert.equal(existsSync(join(parent, 'typo')), false)
  await expected(
    parent,
    /holds no settings\.json, so that there is nothing to read: begin one with "postern serve"/,
  )
  assert.deepEqual(readdirSync(parent), [])
  writeFileSync(join(parent, 'settings.json'), '{}')
  await DataFolder.expect(parent)
})

test('a file where a part belongs is named', async t => {
  const path = makeFolder(t)
  writeFileSync(join(path, 'settings.json'), '{}')
  writeFileSync(join(path, 'spool'), '')
  await refused(path, /spool is a file/)
})

test("another user's folder is refused and left as it is", asRoot, async t => {
  const path = join(makeFolder(t), 'data')
  mkdirSync(path, { mode: 0o755 })
  chownSync(path, 12345, 12345)
  await refused(path, /belongs to another user \(number 12345\): run Postern as that user/)
  assert.equal(mode(path), 0o755)
})

test('a link to a folder leads there', unix, async t => {
  const parent = makeFolder(t)
  await DataFolder.open(join(parent, 'real'))
  symlinkSync('real', join(parent, 'link'))
  const folder = await DataFolder.open(join(parent, 'link'))
  assert.ok(existsSync(join(parent, 'real', 'spool')))
  assert.equal(folder.path, join(parent, 'link'))
})

test('the control address is in the folder, and one can listen there', unix, async t => {
  const path = join(makeFolder(t), 'data')
  const { controlAddress } = await DataFolder.open(path)
  assert.equal(controlAddress, join(path, 'control.sock'))
  await listens(controlAddress)
})

test('where the path is too long, it is aside, for this user only, and the same each time', unix, async t => {
  const tmp = makeFolder(t)
  withVariable(t, 'TMPDIR', tmp)
  const path = join(makeFolder(t), 'ü'.repeat(60), 'data')
  const { controlAddress } = await DataFolder.open(path)
  assert.ok(controlAddress.startsWith(tmp) && Buffer.byteLength(controlAddress) <= 100)
  assert.equal(mode(dirname(controlAddress)), 0o700)
  await listens(controlAddress)
  symlinkSync(
    path,
    join(tmp, 'link-of-a-name-that-makes-this-path-too-long-as-well-since-it-goes-on-and-on-and-on'),
  )
  const again = await DataFolder.open(
    join(tmp, 'link-of-a-name-that-makes-this-path-too-long-as-well-since-it-goes-on-and-on-and-on'),
  )
  assert.equal(again.controlAddress, controlAddress)
})

test('a socket folder that someone else made first is not used', asRoot, async t => {
  const tmp = makeFolder(t)
  withVariable(t, 'TMPDIR', tmp)
  const aside = join(tmp, `postern-${process.getuid?.()}`)
  const path = join(makeFolder(t), 'x'.repeat(100))
  mkdirSync(aside)
  chownSync(aside, 12345, 12345)
  await refused(path, /was made by another user/)
})

async function listens(address: string): Promise<void> {
  const server = createServer(socket => socket.end())
  await new Promise<void>(ready => server.listen(address, ready))
  await new Promise<void>((done, failed) =>
    createConnection(address)
      .on('error', failed)
      .on('close', () => done())
      .resume(),
  )
  await new Promise(closed => server.close(closed))
}
