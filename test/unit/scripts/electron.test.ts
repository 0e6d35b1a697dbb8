/** An Electron is fetched whole, once, and nothing else is taken for it. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { listPackage } from '@electron/asar'
import { writeDefaultApp } from '../../../scripts/electron/default-app.ts'
import { checkIntegrity } from '../../../scripts/electron/integrity.ts'
import { makeOnce } from '../../../scripts/electron/once.ts'
import { makeFolder } from '../../support/folder.ts'

describe('the integrity', () => {
  test('of the very file passes, of one bit more is refused with both hashes', async t => {
    const file = join(await makeFolder(t), 'fetched.tgz')
    const content = Buffer.from('content')
    await writeFile(file, content)
    const expected = `sha512-${createHash('sha512').update(content).digest('base64')}`
    await checkIntegrity(file, expected)
    await writeFile(file, 'Content')
    await assert.rejects(checkIntegrity(file, expected), error => {
      assert.ok(error instanceof Error && error.message.includes(expected))
      assert.match(error.message, /isn't the file that was expected and is not used/)
      return true
    })
  })
})

describe('a folder made once', () => {
  test('is made by one of many at once, and every one finds it whole', async t => {
    const parent = await makeFolder(t)
    const folder = join(parent, 'electron-1')
    let under = 0
    let most = 0
    const make = async (draft: string, maker: number) => {
      under++
      most = Math.max(most, under)
      await writeFile(join(draft, 'first'), String(maker))
      await new Promise(resolve => setImmediate(resolve))
      await writeFile(join(draft, 'second'), String(maker))
      under--
    }
    const all = Array.from({ length: 8 }, async (_, maker) => {
      await makeOnce(folder, draft => make(draft, maker))
      return readFile(join(folder, 'second'), 'utf8')
    })
    const seen = new Set(await Promise.all(all))
    assert.ok(most > 1, 'they were not at it at the same time')
    assert.equal(seen.size, 1)
    assert.equal(await readFile(join(folder, 'first'), 'utf8'), [...seen][0])
    assert.deepEqual(await readdir(parent), ['electron-1'])
  })

  test('is not there when making it failed, nor are its parts', async t => {
    const parent = await makeFolder(t)
    const failing = makeOnce(join(parent, 'electron-1'), async draft => {
      await writeFile(join(draft, 'part'), '')
      throw new Error('The disk is full.')
    })
    await assert.rejects(failing, /The disk is full/)
    assert.deepEqual(await readdir(parent), [])
    await makeOnce(join(parent, 'electron-1'), async draft => writeFile(join(draft, 'part'), ''))
    assert.ok(existsSync(join(parent, 'electron-1', 'part')))
  })
})

test('the default app is an archive with a program and its facts', async t => {
  const file = join(await makeFolder(t), 'default_app.asar')
  await writeDefaultApp(file)
  assert.deepEqual([...listPackage(file, { isPack: false })].sort(), ['/main.js', '/package.json'])
})
