/** An open relay without a window: whoever runs it is told when it starts, and when a hand would open it. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeFolder } from '../support/folder.ts'
import { type Process, postern, startProcess } from '../support/process.ts'

const settings = (row: object) =>
  JSON.stringify({
    schema: 1,
    smtp: { listeners: [{ address: '127.0.0.1', port: 0, encryption: 'none' }], access: [row] },
  })
const closed = settings({ action: 'allow', from: '10.0.0.0/8' })
const open = settings({ action: 'allow', from: 'any', withoutAuthentication: true })
const STANDS = /^This server is an open relay: anybody at every address of the Internet can send through it/m

async function serve(t: TestContext, folder: string): Promise<Process> {
  const relay = await startProcess(t, postern('serve', '--data', folder))
  await relay.waitFor(/^ready$/m)
  return relay
}

test('what a hand wrote while it ran is refused and said; taken at the next start, it is said again', async t => {
  const folder = await makeFolder(t)
  const file = join(folder, 'settings.json')
  await writeFile(file, closed)
  const relay = await serve(t, folder)
  assert.doesNotMatch(relay.output, STANDS)
  await writeFile(file, open)
  await relay.waitFor(
    /^settings\.json was changed by hand and is not used: smtp\.access: This would make an open relay: .*--allow-open-relay\.$/m,
  )
  assert.doesNotMatch((await relay.end()).stdout, /open relay/)
  const again = await serve(t, folder)
  await again.waitFor(STANDS)
  const { stdout, stderr } = await again.end()
  assert.match(stderr, STANDS)
  assert.doesNotMatch(stdout, /open relay/)
})
