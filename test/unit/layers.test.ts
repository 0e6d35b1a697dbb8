/** Imports go down the chain of layers only; and the check notices when they don't. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { findBreaches } from '../support/layers.ts'
import { readImports, readSources, type Source } from '../support/source.ts'

const root = join(import.meta.dirname, '../..')
const duty = '/** A duty. */\n'

test('no file of the project breaks the layers', () => {
  const sources = readSources(root, ['app', 'main', 'renderer', 'test', 'scripts'])
  assert.ok(sources.some(({ path }) => path === 'app/settings/settings.ts'))
  assert.ok(sources.some(({ path }) => path === 'test/unit/layers.test.ts'))
  assert.deepEqual(findBreaches(sources), [])
})

/** A made-up tree, path and text in turn; product files get their first line. */
function tree(files: Readonly<Record<string, string>>): Source[] {
  return Object.entries(files).map(([path, text]) => ({
    path,
    text: path.startsWith('test/') ? text : `${duty}${text}`,
  }))
}

function from(specifier: string, what = '{ a }'): string {
  return `import ${what} from '${specifier}'\n`
}

describe('a bad tree is noticed', () => {
  const bad: [string, string, string, RegExp][] = [
    [
      'mail imports settings',
      'app/mail/a.ts',
      from('../settings/b.ts'),
      /app\/mail may not import app\/settings/,
    ],
    ['mail imports a library', 'app/mail/a.ts', from('ipaddr.js'), /may not import ipaddr\.js/],
    ['settings imports log', 'app/settings/a.ts', from('../log/b.ts'), /may not import/],
    ['access imports delivery', 'app/access/a.ts', from('../delivery/b.ts'), /may not import/],
    ['access imports log', 'app/access/a.ts', from('../log/b.ts', 'type { a }'), /may not import/],
    ['delivery imports access', 'app/delivery/a.ts', from('../access/b.ts'), /may not import/],
    ['delivery imports a type of smtp', 'app/delivery/a.ts', from('../smtp/b.ts', 'type { a }'), /may not/],
    ['smtp imports delivery', 'app/smtp/a.ts', from('../delivery/b.ts'), /may not import/],
    ['queue imports access', 'app/queue/a.ts', from('../access/b.ts'), /may not import/],
    ['control imports the relay', 'app/control/a.ts', from('../relay.ts', 'type { a }'), /may not import/],
    ['the relay imports command', 'app/relay.ts', from('./command/b.ts'), /may not import/],
    ['a part imports the relay', 'app/queue/a.ts', from('../relay.ts'), /may not import/],
    ['app imports main', 'app/command/a.ts', from('../../main/b.ts'), /may not import/],
    ['app imports electron', 'app/command/a.ts', from('electron'), /may not import electron/],
    ['app imports test', 'app/mail/a.ts', from('../../test/support/b.ts'), /may not import/],
    ['renderer imports a value of the bridge', 'renderer/a.ts', from('../main/bridge.ts'), /may not import/],
    ['renderer imports a type elsewhere', 'renderer/a.ts', from('../main/b.ts', 'type { a }'), /may not/],
    ['renderer imports app', 'renderer/a.ts', from('../app/mail/b.ts', 'type { a }'), /may not import/],
    ['renderer imports Node', 'renderer/a.ts', from('node:fs'), /the window has no Node/],
    ['an unknown library', 'app/smtp/a.ts', from('left-pad'), /none of the product's libraries/],
    ['zod outside settings and control', 'app/queue/a.ts', from('zod'), /may not import zod/],
    ['commander outside command', 'app/control/a.ts', from('commander'), /may not import commander/],
    ['a library by its subpath', 'app/smtp/a.ts', from('nodemailer/lib/mime'), /may not import nodemailer/],
    ['a scoped package', 'app/smtp/a.ts', from('@scope/name/deep'), /imports @scope\/name,/],
    ['ipaddr.js outside network.ts', 'app/access/row.ts', from('ipaddr.js'), /may not import ipaddr\.js/],
    ['a file beside the folders', 'app/extra.ts', '', /stands in no layer/],
    ['an unknown folder', 'app/extra/a.ts', '', /stands in no layer/],
    ['a name in capitals', 'app/mail/Address.ts', '', /small letters/],
    ['a vague name', 'app/mail/utils.ts', '', /no noun/],
    ['a vague folder', 'main/helpers/a.ts', '', /no noun/],
    ['a computed import', 'app/mail/a.ts', `const b = await import(name)\n`, /computed name/],
    ['import.meta in app', 'app/mail/a.ts', 'f(import.meta.url)\n', /CommonJS/],
    ['an import without its ending', 'app/mail/a.ts', from('./b'), /without its ending/],
    ['an export from above', 'app/mail/a.ts', `export * from '../settings/b.ts'\n`, /may not import/],
    ['a bare import from above', 'app/mail/a.ts', `import '../settings/b.ts'\n`, /may not import/],
    ['a dynamic import from above', 'app/mail/a.ts', `f(import('../settings/b.ts'))\n`, /may not import/],
    ['an import over lines', 'app/mail/a.ts', from('../settings/b.ts', '{\n  a,\n  b,\n}'), /may not import/],
  ]
  for (const [name, path, text, expected] of bad) {
    test(name, () => {
      const found = findBreaches(tree({ [path]: text }))
      assert.equal(found.filter(words => expected.test(words)).length, 1, found.join('\n'))
      assert.ok(found.every(words => words.startsWith(path)))
    })
  }

  test('a file without its duty', () => {
    const found = findBreaches([{ path: 'app/mail/a.ts', text: `${from('node:net')}` }])
    assert.match(found.join(), /must start with its duty/)
  })

  test('a library in two files', () => {
    const found = findBreaches(
      tree({ 'app/smtp/a.ts': from('smtp-server'), 'app/smtp/b.ts': from('smtp-server', 'type { c }') }),
    )
    assert.deepEqual(found, ['app/smtp/a.ts, app/smtp/b.ts: at most 1 of them may import smtp-server.'])
  })

  test('a cycle, of types too', () => {
    const found = findBreaches(
      tree({
        'app/mail/a.ts': from('./b.ts'),
        'app/mail/b.ts': from('./c.ts', 'type { d }'),
        'app/mail/c.ts': from('./a.ts'),
      }),
    )
    assert.deepEqual(found, ['app/mail/a.ts → app/mail/b.ts → app/mail/c.ts → app/mail/a.ts is a cycle.'])
  })
})

test('a good tree passes', () => {
  const good = tree({
    'app/mail/a.ts': from('node:net'),
    'app/mail/b.ts': from('./a.ts'),
    'app/access/network.ts': from('ipaddr.js', 'ipaddr') + from('../mail/a.ts'),
    'app/smtp/listener.ts': from('smtp-server') + from('../access/network.ts'),
    'app/control/control.ts': from('../smtp/listener.ts', '{ type a, type b }'),
    'app/control/server.ts': from('birpc') + from('./control.ts', 'type { a }'),
    'app/control/client.ts': from('birpc'),
    'app/relay.ts': from('./smtp/listener.ts') + from('./control/server.ts'),
    'app/relay/parts.ts': from('../mail/a.ts'),
    'app/command/main.ts': from('../relay.ts') + from('commander'),
    'main/bridge.ts': from('../app/control/control.ts', 'type { a }'),
    'main/main.ts': from('electron') + from('../app/relay.ts'),
    'renderer/page.tsx': from('../main/bridge.ts', 'type { a }') + from('react'),
    'test/unit/mail/a.test.ts': from('../../../app/mail/a.ts') + from('fast-check', 'fc'),
  })
  assert.deepEqual(findBreaches(good), [])
})

test('imports are read in all their forms', () => {
  const text = [
    `import a, { b } from 'one'`,
    `import type { c } from "two"`,
    `import { type d } from 'three'`,
    `import {`,
    `  type e,`,
    `  f,`,
    `} from 'four'`,
    `import 'five'`,
    `export * from 'six'`,
    `export type { g } from 'seven'`,
    `export const from = 'no import'`,
    `const h = require('eight')`,
    `type I = import('nine').I`,
    `import * as j from 'ten'`,
    `  import k from 'indented, so inside something'`,
  ].join('\n')
  const read = readImports({ path: 'x.ts', text }).map(
    one => `${one.specifier}${one.typeOnly ? ' type' : ''}`,
  )
  assert.deepEqual(read, [
    'one',
    'two type',
    'three type',
    'four',
    'five',
    'six',
    'seven type',
    'ten',
    'eight',
    'nine',
  ])
})
