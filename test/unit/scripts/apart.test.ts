/** Libraries apart from the program: what each form of import gives is what Node gives for it. */
import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildApart } from '../../../scripts/build/apart.ts'
import { makeFolder } from '../../support/folder.ts'
import { runProcess } from '../../support/process.ts'

const program = `
async function load() {
  const { default: Conf } = await import('conf')
  const { default: mxConnect } = await import('mx-connect')
  const { generate } = await import('selfsigned')
  const { getPolicy } = await import('mailauth/lib/mta-sts.js')
  return [new Conf({ cwd: __dirname }).size, typeof mxConnect, typeof generate, typeof getPolicy]
}
load().then(found => console.log(JSON.stringify(found)))
`

test('a library of either kind is loaded from its own file, when it is asked for', async t => {
  const folder = await makeFolder(t)
  const entry = join(await makeFolder(t), 'program.mts')
  await writeFile(entry, program)
  await buildApart({ bundle: true, platform: 'node', target: 'node20' }, entry, folder, 'program.cjs')
  const files = await readdir(folder)
  assert.deepEqual(files.sort(), [
    'conf.cjs',
    'mailauth-lib-mta-sts.cjs',
    'mx-connect.cjs',
    'program.cjs',
    'selfsigned.cjs',
  ])
  const ran = await runProcess(t, [process.execPath, join(folder, 'program.cjs')])
  assert.equal(ran.stdout.trim(), '[0,"function","function","function"]', ran.stderr)
})
