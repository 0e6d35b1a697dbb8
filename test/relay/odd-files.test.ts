/** A named pipe, a socket or a folder where a file should be: told of in one sentence at once, or passed over; never waited for. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { SettingsRefusal } from '../../app/control/refusal.ts'
import { Relay } from '../../app/relay.ts'
import { makeFolder } from '../support/folder.ts'
import { officeWith, startRelay } from '../support/relay.ts'

const unix = { skip: process.platform === 'win32', timeout: 30_000 }

/** What is put there, and what it is called. */
const KINDS = {
  'a named pipe': async (_: TestContext, path: string) => void execFileSync('mkfifo', [path]),
  'a socket': async (t: TestContext, path: string) => {
    const server = createServer().listen(path)
    t.after(() => server.close())
    await once(server, 'listening')
  },
  'a folder': async (_: TestContext, path: string) => void (await mkdir(path)),
  'a link to a named pipe': async (_: TestContext, path: string, elsewhere: string) => {
    execFileSync('mkfifo', [elsewhere])
    await symlink(elsewhere, path)
  },
}

/** Without which no relay can be what it was. */
const NEEDED = ['settings.json', 'secrets.json', 'secrets.key', 'tls/key.pem', 'tls/cert.pem']
/** What is found out again, or only looked up. */
const SPARE = [
  'names.json',
  'policies.json',
  'blocked.json',
  'alerts.json',
  'lock.1',
  'history/index.jsonl',
  'history/in-force.json',
  'tls/acme.pem',
]
/** Folders, in which every file counts. */
const FULL = ['log/2024-02-29.0001.jsonl', 'spool/00000001.spool', 'spool/large/x.eml', 'spool/damaged/x.eml']

/** Where a link leads to. */
const ELSEWHERE = 'pipe-of-others'

async function folderWith(t: TestContext, file: string, kind: keyof typeof KINDS): Promise<string> {
  const folder = await makeFolder(t)
  if (file !== 'settings.json') await writeFile(join(folder, 'settings.json'), JSON.stringify(officeWith({})))
  await mkdir(dirname(join(folder, file)), { recursive: true, mode: 0o700 })
  await KINDS[kind](t, join(folder, file), join(folder, ELSEWHERE))
  return folder
}

function open(folder: string): Promise<Relay> {
  return Relay.open(folder, { version: '0.0.0', say: () => {} })
}

async function refused(folder: string, file: string, kind: string): Promise<void> {
  const wanted = `Move ${join(folder, file)} elsewhere: it is ${kind.replace('a link to ', '')}, not a file.`
  await assert.rejects(open(folder), (error: Error) => {
    const said =
      error instanceof SettingsRefusal ? error.problems.map(({ text }) => text).join() : error.message
    assert.equal(said, wanted)
    return true
  })
  await unharmed(folder)
}

/** What a link led to was left alone. */
async function unharmed(folder: string): Promise<void> {
  const facts = await stat(join(folder, ELSEWHERE)).catch(() => undefined)
  assert.ok(facts === undefined || facts.isFIFO())
}

for (const kind of ['a named pipe', 'a link to a named pipe', 'a socket', 'a folder'] as const) {
  for (const file of NEEDED)
    test(`${kind} as ${file} keeps the relay from starting, and it says so`, unix, async t =>
      refused(await folderWith(t, file, kind), file, kind),
    )

  for (const file of SPARE)
    test(`${kind} as ${file} keeps no relay from running`, unix, async t => {
      const folder = await folderWith(t, file, kind)
      const relay = await open(folder)
      t.after(() => relay.stop())
      await relay.start()
      assert.equal((await relay.control.status()).running, true)
      await relay.stop()
      await unharmed(folder)
    })

  for (const file of kind === 'a folder' ? [] : FULL)
    test(`${kind} as ${file} keeps the relay from starting, and it says so`, unix, async t =>
      refused(await folderWith(t, file, kind), file, kind),
    )
}

test('settings that become a pipe while the relay runs hold up nothing', unix, async t => {
  const relay = await startRelay(t)
  const file = join(relay.folder, 'settings.json')
  await rename(file, `${file}.kept`)
  execFileSync('mkfifo', [file])
  const { problems } = await relay.event('settings-refused')
  assert.deepEqual(problems, [`Move ${file} elsewhere: it is a named pipe, not a file.`])
  await rm(file)
  await rename(`${file}.kept`, file)
  assert.ok((await relay.control.setSettings('hostname', 'other.example.com', 'command line')).ok)
})

test('a certificate of a person’s own that is a pipe is told of, and our own is used', unix, async t => {
  const pipe = join(await makeFolder(t), 'own.pem')
  execFileSync('mkfifo', [pipe])
  const relay = await startRelay(t, { certificate: { source: 'files', file: pipe } })
  const told = JSON.stringify(await relay.control.doctor())
  assert.match(told, /own\.pem elsewhere: it is a named pipe, not a file/)
})
