/** `postern settings`. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { input, run } from '../../support/command.ts'
import { makeFolder } from '../../support/folder.ts'
import { MemoryControl } from '../../support/memory-control.ts'

test('get prints JSON, and a text bare', async () => {
  const control = new MemoryControl()
  const all = await run(['settings', 'get'], control)
  assert.deepEqual(JSON.parse(all.out), control.settings)
  assert.match(all.out, /^\{\n {2}"hostname"/)
  assert.deepEqual(await run(['settings', 'get', 'hostname'], control), {
    status: 0,
    out: 'mail.example.com\n',
    err: '',
  })
  assert.equal((await run(['settings', 'get', 'hostname', '--json'], control)).out, '"mail.example.com"\n')
  assert.equal((await run(['settings', 'get', 'smtp.maxRecipients'], control)).out, '100\n')
})

test('a text of several lines keeps them', async () => {
  const control = new MemoryControl()
  control.settings = { trust: '-----BEGIN\u001b[2J-----\nAB\n' }
  assert.equal((await run(['settings', 'get', 'trust'], control)).out, '-----BEGIN-----\nAB\n\n')
})

test('a setting that does not exist is wrong usage', async () => {
  const { status, err } = await run(['settings', 'get', 'smpt'], new MemoryControl())
  assert.equal(status, 2)
  assert.equal(err, 'smpt: The top has no "smpt"; check how the path is spelt.\n')
})

test('null is a value', async () => {
  const control = new MemoryControl()
  control.settings = { none: null }
  assert.deepEqual(await run(['settings', 'get', 'none'], control), { status: 0, out: 'null\n', err: '' })
})

const values: [string, unknown][] = [
  ['5', 5],
  ['-5', -5],
  ['true', true],
  ['null', null],
  ['"5"', '5'],
  ['["example.com"]', ['example.com']],
  ['mail.example.com', 'mail.example.com'],
  ['25MB', '25MB'],
  ['[broken', '[broken'],
  ['', ''],
]
for (const [text, value] of values) {
  test(`set takes ${JSON.stringify(text)} as ${JSON.stringify(value)}`, async () => {
    const control = new MemoryControl()
    const ran = await run(['settings', 'set', 'x', text], control)
    assert.deepEqual(ran, { status: 0, out: 'x is changed.\n', err: '' })
    assert.deepEqual(control.settings['x'], value)
    assert.deepEqual(control.changers, ['command line'])
  })
}

test('a refused change prints each problem with its path and gives 2', async () => {
  const control = new MemoryControl()
  assert.deepEqual(await run(['settings', 'set', 'smtp.maxRecipients', 'many'], control), {
    status: 2,
    out: '',
    err: 'smtp.maxRecipients: This must be a number.\n',
  })
  assert.deepEqual(control.changers, [])
})

test('import takes a file or standard input', async t => {
  const file = join(await makeFolder(t), 'new.json')
  await writeFile(file, '{"hostname":"a.example"}')
  const control = new MemoryControl()
  assert.equal((await run(['settings', 'import', file], control)).out, 'The settings are imported.\n')
  assert.deepEqual(control.settings, { hostname: 'a.example' })
  const stdin = input('{"hostname":"b.example"}')
  assert.equal((await run(['settings', 'import', '-'], control, { stdin })).status, 0)
  assert.deepEqual(control.settings, { hostname: 'b.example' })
  const bad = await run(['settings', 'import', '-'], control, { stdin: input('{') })
  assert.deepEqual(bad, { status: 2, out: '', err: 'This is not JSON.\n' })
})

test('a file that is missing or no text is wrong usage', async t => {
  const folder = await makeFolder(t)
  const file = join(folder, 'binary')
  await writeFile(file, Buffer.from([0x7b, 0xff, 0x7d]))
  const control = new MemoryControl()
  const errors = [
    [file, `${file} is not text in UTF-8; convert it first.`],
    [join(folder, 'none'), `There is no ${join(folder, 'none')}; check the name.`],
    [folder, `${folder} is a folder; name a file in it.`],
  ]
  for (const [name = '', sentence] of errors) {
    assert.deepEqual(await run(['settings', 'import', name], control), {
      status: 2,
      out: '',
      err: `postern: ${sentence}\n`,
    })
  }
})

test('check tells all problems and needs no data folder', async () => {
  const control = new MemoryControl()
  const openOffline = () => Promise.reject(new Error('not to be opened'))
  const check = (text: string, ...more: string[]) =>
    run(['settings', 'check', '-', ...more], control, { stdin: input(text), openOffline })
  assert.deepEqual(await check('{"hostname":"x"}'), { status: 0, out: 'No problems.\n', err: '' })
  const bad = await check('{"hostnme":"x","smtp":{"enabled":1}}')
  assert.equal(bad.status, 2)
  assert.equal(bad.out, '')
  assert.match(bad.err, /^smtp\.enabled: .+\nhostnme: .+ did you mean "hostname"\?\n$/)
  const json = await check('{', '--json')
  assert.equal(json.status, 2)
  assert.deepEqual(
    JSON.parse(json.out).map(({ path }: { path: string }) => path),
    [''],
  )
  assert.deepEqual(JSON.parse((await check('{}', '--json')).out), [])
  assert.deepEqual(control.earlier, [])
})

test('history lists the changes, undo takes the last one back', async () => {
  const control = new MemoryControl()
  assert.equal((await run(['settings', 'history'], control)).out, 'The settings were never changed.\n')
  await run(['settings', 'set', 'hostname', 'new.example'], control)
  const { out } = await run(['settings', 'history'], control)
  assert.match(
    out,
    /^when +by +change +earlier file\n[-\d]+ [:\d]+ {2}command line {2}hostname is changed\. {2}0\.json\n$/,
  )
  const [entry] = JSON.parse((await run(['settings', 'history', '--json'], control)).out)
  assert.deepEqual(entry, { file: '0.json', time: 0, by: 'command line', words: 'hostname is changed.' })
  assert.equal((await run(['settings', 'undo'], control)).out, 'The earlier settings are back.\n')
  assert.equal(control.settings['hostname'], 'mail.example.com')
  assert.deepEqual(await run(['settings', 'undo'], control), {
    status: 2,
    out: '',
    err: 'There is no earlier file.\n',
  })
})

test('an earlier file is printed and brought back by its name; one that is none is said', async () => {
  const control = new MemoryControl()
  const first = JSON.stringify(control.settings)
  await run(['settings', 'set', 'hostname', 'a.example.com'], control)
  await run(['settings', 'set', 'hostname', 'b.example.com'], control)
  const entries: { file: string }[] = JSON.parse((await run(['settings', 'history', '--json'], control)).out)
  const oldest = entries.at(-1)?.file ?? ''
  const shown = await run(['settings', 'history', oldest], control)
  assert.deepEqual(JSON.parse(shown.out), JSON.parse(first))
  assert.equal((await run(['settings', 'undo', oldest], control)).status, 0)
  assert.deepEqual(control.settings, JSON.parse(first))
  const none = await run(['settings', 'history', 'x.json'], control)
  assert.deepEqual(none, {
    status: 1,
    out: '',
    err: 'postern: The history has no file x.json: "postern settings history" names them.\n',
  })
  assert.equal((await run(['settings', 'undo', 'x.json'], control)).status, 2)
})
