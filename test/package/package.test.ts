/** The packages: built, installed, started, used, and removed again. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { chromium, type Page } from 'playwright-core'
import { startBus } from '../support/bus.ts'
import { type Display, startDisplay } from '../support/display.ts'
import { atEnd, type Ending, endOfSuite } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { startNotifier } from '../support/notifier.ts'
import { type Process, runProcess, startProcess } from '../support/process.ts'
import { type Sink, startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'
import { wordsOf as envWords, type Installed, installPackage } from './installed.ts'

const project = join(import.meta.dirname, '../..')
const out = join(project, 'test/out')
const entry = 'usr/share/applications/postern.desktop'
const autostart = 'home/office/.config/autostart/postern.desktop'
const { version } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))

/** The window's page of an app that was started with a debugging port. */
async function pageOf(t: Ending, app: Process): Promise<Page> {
  const [, address = ''] = await app.waitFor(/^DevTools listening on (ws:\S+)$/m)
  const browser = await chromium.connectOverCDP(address)
  atEnd(t, () => browser.close())
  return waitFor('the page', () => browser.contexts()[0]?.pages()[0])
}

describe('the packages', () => {
  const ending = endOfSuite()
  let folder: string
  let installed: Installed
  let sink: Sink
  let display: Display
  let said = ''

  before(async () => {
    folder = await makeFolder(ending)
    const dist = [
      process.execPath,
      '--import=tsx',
      'scripts/dist.ts',
      '--quick',
      '--output',
      join(folder, 'out'),
    ]
    const built = await runProcess(ending, [...dist, 'deb', 'tar.gz', 'dmg'], {
      cwd: project,
      timeout: 90_000,
    })
    said = built.stdout + built.stderr
    assert.equal(built.code, 0, said)
    await mkdir(join(folder, 'root'))
    installed = await installPackage(
      ending,
      join(folder, 'root'),
      join(folder, 'out', `postern_${version}_amd64.deb`),
    )
    sink = await startSink(ending)
    display = await startDisplay(ending)
  })

  async function sendsMail(t: Ending, text: string): Promise<void> {
    const { listeners } = await (await installed.control()).status()
    const port = listeners[0]?.port ?? 0
    const before = sink.received.length
    const data = `Subject: ${text}\n\nBody\n`
    const sent = await swaks(t, { port, from: 'a@example.com', to: ['someone@elsewhere.example'], data })
    assert.equal(sent.code, 0, sent.transcript)
    const mail = await sink.waitForMail(before + 1)
    assert.match(String(mail.at(-1)?.content), new RegExp(`^Subject: ${text}\r$`, 'm'))
  }

  test('what cannot be built is told in a sentence, and the stand-in as what it is', () => {
    assert.match(said, /^No dmg is built: only a Mac has the tools for it\.$/m)
    const standsIn = /stands in, for development and tests only/.test(said)
    assert.equal(/never ship them/.test(said), standsIn, said)
  })

  test('the fuses in the program itself are set', async () => {
    const wire = await getCurrentFuseWire(join(installed.root, 'opt/Postern/postern-app'))
    const on = Object.values(FuseV1Options)
      .filter(option => typeof option === 'number')
      .filter(option => wire[option] === FuseState.ENABLE)
    const wanted = ['EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar']
    const known = on.map(option => FuseV1Options[option]).filter(name => name !== 'WasmTrapHandlers')
    assert.deepEqual(known.sort(), wanted.sort())
  })

  test('the package brings the app, its desktop entry, its icons and the command, and nothing else', async () => {
    const at = (name: string) => join(installed.root, name)
    const text = await installed.read(entry)
    assert.match(text, /^Exec=\/opt\/Postern\/postern-app %U$/m)
    assert.match(text, /^StartupWMClass=postern$/m)
    const [, icon] = /^Icon=(.*)$/m.exec(text) ?? []
    for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) {
      const png = await readFile(at(`usr/share/icons/hicolor/${size}x${size}/apps/${icon}.png`))
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [size, size])
    }
    assert.ok((await lstat(at('usr/bin/postern'))).isSymbolicLink())
    assert.equal((await stat(at('opt/Postern/chrome-sandbox'))).mode & 0o7777, 0o4755)
    assert.match(await installed.read('usr/share/doc/postern/copyright'), /^MIT License/)
    assert.deepEqual((await readdir(at('opt/Postern/resources'))).sort(), ['app.asar', 'apparmor-profile'])
    assert.deepEqual((await readdir(installed.root)).sort(), ['home', 'opt', 'usr', 'var'])
  })

  test('the command works as it is on the PATH, without a display, and takes no options of Node', async t => {
    assert.equal((await installed.run('--version')).trim(), version)
    await installed.run(
      'settings',
      'set',
      'smtp.listeners',
      '[{"address":"127.0.0.1","port":0,"encryption":"none"}]',
    )
    const route = { to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }
    await installed.run('settings', 'set', 'delivery.routes', JSON.stringify([route]))
    const wrong = await installed.command('no-such-word')
    assert.equal(wrong.code, 2, wrong.stderr)
    const strange = { ...installed.env, NODE_OPTIONS: `--require=${join(folder, 'none.cjs')}` }
    const asked = await runProcess(t, [join(installed.root, 'usr/bin/postern'), '--version'], {
      env: strange,
    })
    assert.equal(asked.code, 0, asked.stderr)
  })

  test('the relay runs by the command, takes a secret on standard input, and stops when it is told', async t => {
    const command = [join(installed.root, 'usr/bin/postern')]
    const relay = await startProcess(t, ['env', '-i', ...envWords(installed.env), ...command, 'serve'])
    await relay.waitFor(/^ready$/m, 30_000)
    await sendsMail(t, 'from the command')
    const asked = ['env', '-i', ...envWords(installed.env), ...command, 'secret', 'set', 'provider']
    const set = await runProcess(t, asked, { input: 'unseen\n' })
    assert.equal(set.stdout + set.stderr, 'The secret provider is kept.\n')
    const ended = await relay.end()
    assert.deepEqual([ended.code, ended.stderr], [0, ''])
  })

  test('the program runs nobody’s code: not as Node, not by a debugger, not from another folder', async t => {
    const program = join(installed.root, 'opt/Postern/postern-app')
    const mark = join(folder, 'ran')
    const script = join(folder, 'script.cjs')
    await writeFile(script, `require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'x')\n`)
    await mkdir(join(folder, 'other'))
    await writeFile(
      join(folder, 'other/package.json'),
      '{"name":"x","version":"1.0.0","main":"../script.cjs"}',
    )
    const env = { ...installed.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require ${script}` }
    for (const words of [[script], ['-e', `require(${JSON.stringify(script)})`], [join(folder, 'other')]]) {
      const ran = await runProcess(t, ['env', '-i', ...envWords(env), program, '--no-sandbox', ...words])
      assert.equal(ran.code, 1)
      assert.match(ran.stderr, /There is no display/)
    }
    assert.ok(!existsSync(mark))
    const command = [program, '--no-sandbox', '--ozone-platform=headless', '--disable-gpu', '--inspect=0']
    const help = await runProcess(t, [
      'env',
      '-i',
      ...envWords(env),
      ...command,
      '--postern-command',
      '--',
      '--version',
    ])
    assert.equal(help.stdout.trim(), version)
    assert.doesNotMatch(help.stderr, /Debugger listening/)
    assert.ok(!existsSync(mark))
  })

  test('without a display the app says what to do', async () => {
    const app = await installed.start(entry, {})
    assert.equal((await app.ended).code, 1)
    assert.match(app.output, /^There is no display .*"postern serve" runs the relay without its window\.$/m)
  })

  test('started from its desktop entry it shows its window, passes a mail on, and quits', async t => {
    const app = await installed.start(
      entry,
      display.env as Record<string, string>,
      '--remote-debugging-port=0',
    )
    await waitFor('the window', async () => (await display.windows(/^Postern$/))[0], 20_000)
    const page = await pageOf(t, app)
    await sendsMail(t, 'from the package')
    const box = page.getByRole('checkbox', { name: /Start with the system, hidden/ })
    await box.click()
    // Checked only once it is so.
    await waitFor('the mark', async () => (await box.isChecked()) || undefined)
    await waitFor('the entry', () => existsSync(join(installed.root, autostart)) || undefined)
    await display.screenshot(join(out, 'package.png'))
    assert.equal((await app.end()).code, 0, app.output)
  })

  test('it starts with the session, hidden in the tray, from where it opens and quits', async t => {
    const bus = await startBus(t)
    const item = await startNotifier(t, bus)
    const env = { ...display.env, DBUS_SESSION_BUS_ADDRESS: bus } as Record<string, string>
    const app = await installed.start(autostart, env)
    const icon = await item()
    assert.match(await icon.tooltip(), /^Postern/)
    await sendsMail(t, 'from the tray')
    assert.deepEqual(await display.windows(/^Postern$/), [])
    await icon.activate()
    await waitFor('the window', async () => (await display.windows(/^Postern$/))[0])
    assert.equal((await app.end()).code, 0, app.output)
    const logs = await readdir(join(installed.data, 'log'))
    const log = await Promise.all(logs.map(name => readFile(join(installed.data, 'log', name), 'utf8')))
    assert.equal(log.join('').match(/"kind":"stopped"/g)?.length, 3)
  })

  test('the archive runs from any folder', async t => {
    const [name = ''] = (await readdir(join(folder, 'out'))).filter(one => one.endsWith('.tar.gz'))
    assert.equal(name, `postern-${version}-linux-x64.tar.gz`)
    await mkdir(join(folder, 'any place'))
    const unpacked = await runProcess(t, [
      'tar',
      '-xzf',
      join(folder, 'out', name),
      '-C',
      join(folder, 'any place'),
    ])
    assert.equal(unpacked.code, 0, unpacked.stderr)
    const command = join(folder, 'any place', name.replace('.tar.gz', ''), 'bin/postern')
    const asked = await runProcess(t, [command, '--version'], { env: installed.env })
    assert.equal(asked.stdout.trim(), version, asked.stderr)
  })

  test('removed, it leaves nothing but the user’s data', async () => {
    await installed.dpkg('--purge', 'postern')
    for (const name of ['opt/Postern', 'usr/bin/postern', entry, 'usr/share/icons', 'usr/share/doc/postern'])
      assert.ok(!existsSync(join(installed.root, name)), name)
    const left = await readdir(installed.data)
    for (const name of ['settings.json', 'log', 'spool']) assert.ok(left.includes(name), name)
    // A desktop passes over what would start a program that isn't there.
    const [, program = ''] = /^TryExec=(.*)$/m.exec(await installed.read(autostart)) ?? []
    assert.ok(program.endsWith('/opt/Postern/postern-app') && !existsSync(program), program)
  })
})
