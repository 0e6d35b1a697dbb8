/** A process of the app that is killed by a signal: no dump is left, and no secret stands in files or in the process list. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { Leaks, ProcessWatch } from '../support/leaks.ts'
import { waitFor } from '../support/wait.ts'
import { makeDesk } from './app.ts'

const secrets = { hop: 'of-the-smart-host-4711', account: 'of-the-account-4712' }

/** Names under which systems and Chromium's reporter keep what was in memory; beside them it has an id of its own only. */
const DUMP = /\.(?:dmp|core)$|\/core(?:\.\d+)?$|\/(?:new|pending|completed|attachments|reports)\//i

/** All below the app's own folders. */
async function filesIn(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

/** Those that a process has begun, and theirs. */
async function family(pid: number): Promise<readonly number[]> {
  const file = `/proc/${pid}/task/${pid}/children`
  const children = (await readFile(file, 'utf8').catch(() => '')).split(' ').filter(Boolean).map(Number)
  return [pid, ...(await Promise.all(children.map(family))).flat()]
}

async function rendererOf(pid: number): Promise<number | undefined> {
  for (const one of await family(pid)) {
    const command = await readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => '')
    if (command.includes('--type=renderer')) return one
  }
  return undefined
}

for (const which of ['the window’s page', 'the app itself'] as const)
  test(`${which} crashes with secrets in memory, and nothing tells them`, {
    timeout: 120_000,
    skip: process.platform !== 'linux',
  }, async t => {
    const desk = await makeDesk(t)
    const watch = new ProcessWatch(t, new RegExp(dirname(desk.folder)))
    const app = await desk.launch()
    await app.page()
    await app.control.setSecret('hop', secrets.hop)
    const added = await app.control.addUser('anna', [], secrets.account, 'command line')
    assert.ok(added.ok)
    const key = await readFile(join(desk.folder, 'secrets.key'), 'utf8')
    const victim =
      which === 'the app itself' ? app.pid : await waitFor('the page', () => rendererOf(app.pid), 30_000)
    // What a system is told to keep of every program is none of ours, and must not fill this folder.
    for (const pid of await family(app.pid)) execFileSync('prlimit', [`--pid=${pid}`, '--core=0'])
    process.kill(victim, 'SIGSEGV')
    if (which === 'the app itself') await app.ended
    else
      await waitFor(
        'its end',
        async () => ((await rendererOf(app.pid)) === victim ? undefined : true),
        30_000,
      )

    const root = dirname(desk.folder)
    const files = await filesIn(root)
    assert.ok(
      files.some(file => file.startsWith(desk.config)),
      'the profile was looked through',
    )
    assert.deepEqual(
      files.filter(file => DUMP.test(file.slice(root.length))),
      [],
    )
    assert.deepEqual(await new Leaks(secrets).inFolder(root), [])
    const others = files.filter(file => !file.endsWith('secrets.key'))
    const leaks = new Leaks({ key, ...secrets })
    for (const file of others) assert.deepEqual(leaks.in(file, await readFile(file)), [])
    await watch.stop()
    assert.ok(watch.seen.size > 0)
    for (const [process, told] of watch.seen) assert.deepEqual(leaks.in(process, told), [])
  })
