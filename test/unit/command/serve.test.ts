/** `postern serve`: what it prints, and where. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Environment } from '../../../app/command/environment.ts'
import { run } from '../../support/command.ts'
import { makeFolder } from '../../support/folder.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const serve: Environment['serve'] = async (_, report) => {
  report.say('Port 25 needs more rights; port 2525 is used.')
  report.listening('127.0.0.1', 2525, 'starttls')
  report.listening('::', 465, 'tls')
  report.ready()
  return 0
}
const lines = 'listening smtp 127.0.0.1:2525\nlistening smtp [::]:465\nready\n'

test('standard output has the lines that programs wait for and no others', async t => {
  const folder = await makeFolder(t)
  await writeFile(join(folder, 'settings.json'), '{}')
  assert.deepEqual(await run(['serve', '--data', folder], new MemoryControl(), { serve }), {
    status: 0,
    out: lines,
    err: 'Port 25 needs more rights; port 2525 is used.\n',
  })
})

test('the first start says where everything is and what is allowed', async t => {
  const folder = join(await makeFolder(t), 'new')
  const { out, err } = await run(['serve', '--data', folder], new MemoryControl(), { serve })
  assert.equal(out, lines)
  assert.ok(err.includes(`the settings, the mail and the log are in ${folder}.`))
  assert.match(err, /local networks, but not the routers, may send/)
})

test('a relay that does not start says no welcome, and its status is ours', async t => {
  const folder = join(await makeFolder(t), 'new')
  const failing: Environment['serve'] = async (_, { say }) => {
    say('Port 25 is in use; stop the other server.')
    return 1
  }
  assert.deepEqual(await run(['serve', '--data', folder], new MemoryControl(), { serve: failing }), {
    status: 1,
    out: '',
    err: 'Port 25 is in use; stop the other server.\n',
  })
  const throwing: Environment['serve'] = async () => {
    throw new Error('Another relay (process 7) holds the folder; stop it first.')
  }
  assert.deepEqual(await run(['serve', '--data', folder], new MemoryControl(), { serve: throwing }), {
    status: 1,
    out: '',
    err: 'postern: Another relay (process 7) holds the folder; stop it first.\n',
  })
})
