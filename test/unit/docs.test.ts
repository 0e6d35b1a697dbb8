/** The documents say what is true: every setting with its default, every dependency with its licence, files that exist. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { namesAt } from '../../app/settings/draft.ts'
import { withDefaults } from '../../app/settings/parse.ts'
import { getPath, type Step } from '../../app/settings/path.ts'
import { settingsSchema } from '../../app/settings/schema.ts'
import { repliesPage } from '../support/replies-page.ts'

const root = join(import.meta.dirname, '../..')

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8')
}

/** The names of all settings, each as it stands in its list of names. */
function settingNames(path: readonly Step[] = []): string[] {
  const here = namesAt(settingsSchema, path)
  return here.flatMap(name => {
    const inside = [...settingNames([...path, name]), ...settingNames([...path, name, 0])]
    return inside.length > 0 ? inside : [name]
  })
}

test('docs/settings.md names every setting', () => {
  const names = settingNames()
  assert.ok(names.length > 40)
  const text = read('docs/settings.md')
  const missing = names.filter(name => !new RegExp(`\`(?:[\\w[\\].]+\\.)?${name}\``).test(text))
  assert.deepEqual(missing, [])
})

test('the defaults in docs/settings.md are those of the schema', () => {
  const rows = [...read('docs/settings.md').matchAll(/^\| `([\w.]+)` \|.*\| ([^|]+) \|$/gm)]
  const checked = rows.filter(([, path = '', said = '']) => {
    const found = getPath(withDefaults({}), path)
    const value = found.ok ? found.value : undefined
    const isList = Array.isArray(value) && value.length > 0
    if (path === 'hostname' || (typeof value === 'object' && !isList) || value === undefined) return false
    const expected = isList ? value.join(', ') : String(value)
    assert.equal(said.replace(/[`"]/g, ''), expected, path)
    return true
  })
  assert.ok(checked.length >= 18, `${checked.length}`)
})

test('the pictures in the README are there, and small', () => {
  const pictures = [...read('README.md').matchAll(/!\[[^\]]+\]\((docs\/[\w-]+\.png)\)/g)].map(
    ([, name = '']) => name,
  )
  assert.ok(pictures.length >= 3)
  for (const name of pictures) assert.ok(readFileSync(join(root, name)).length < 150_000, name)
})

test('docs/replies.md is the table of replies; "npm run docs:replies" writes it', () => {
  assert.equal(read('docs/replies.md'), repliesPage())
})

test('docs/dependencies.md names every dependency with its licence', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'))
  const lines = read('docs/dependencies.md')
    .split('\n')
    .filter(line => line.startsWith('| '))
  for (const name of [...Object.keys(dependencies), ...Object.keys(devDependencies)]) {
    const line = lines.find(text => text.split('|')[1]?.split(/[ ,]+/).includes(name))
    assert.ok(line, `${name} isn't told`)
    const { license } = JSON.parse(read(`node_modules/${name}/package.json`))
    for (const part of license.split(' OR ')) assert.ok(line.includes(part), `${name}: ${license}`)
  }
})

test('every file that a document names is there', () => {
  const documents = ['.', 'docs', 'main', 'renderer', 'assets'].flatMap(folder =>
    readdirSync(join(root, folder))
      .filter(name => name.endsWith('.md'))
      .map(name => join(folder, name)),
  )
  const named = documents.flatMap(name => {
    return [...read(name).matchAll(/`((?:app|docs|scripts|test)\/[\w./-]+)`/g)].map(([, file = '']) => file)
  })
  assert.ok(named.length > 40)
  assert.deepEqual(
    named.filter(file => !existsSync(join(root, file))),
    [],
  )
})
