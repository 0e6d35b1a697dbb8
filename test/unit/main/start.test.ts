/** How the app is started: its arguments, its profile, and the file that starts it with the session. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readArguments } from '../../../main/arguments.ts'
import { entryText, isEntryOn } from '../../../main/autostart-entry.ts'
import { isOn, loginItem, type Running, stillToDo } from '../../../main/login-item.ts'
import { profileOf } from '../../../main/profile.ts'

test('the arguments are found among those of Chromium', () => {
  assert.deepEqual(readArguments(['--no-sandbox', '.']), { hidden: false })
  assert.deepEqual(readArguments(['.', '--data', '/d a', '--hidden']), { data: '/d a', hidden: true })
  assert.deepEqual(readArguments(['--data=/d', '--inspect=0']), { data: '/d', hidden: false })
  assert.deepEqual(readArguments(['--data=', '--hidden']), { hidden: true })
  assert.deepEqual(readArguments(['--data']), { hidden: false })
})

test('each data folder has a profile of its own', () => {
  assert.equal(profileOf('/c', '/usual', '/usual'), '/c/postern-window')
  const [one, other] = ['/a', '/b'].map(folder => profileOf('/c', folder, '/usual'))
  assert.match(one ?? '', /^\/c\/postern-window-[0-9a-f]{12}$/)
  assert.notEqual(one, other)
})

test('the entry of a Linux desktop quotes what needs it', () => {
  const exec = (...command: [string, ...string[]]) => /^Exec=(.*)$/m.exec(entryText(command))?.[1]
  assert.equal(exec('/opt/postern/postern', '--hidden'), '/opt/postern/postern --hidden')
  assert.equal(exec('/opt/my app/postern', '--hidden'), '"/opt/my app/postern" --hidden')
  assert.equal(exec('/a"b'), String.raw`"/a\\"b"`)
  assert.equal(exec('/a$b'), String.raw`"/a\\$b"`)
  assert.equal(exec('/a\\b'), String.raw`"/a\\\\b"`)
  assert.equal(exec('/100%'), '"/100%%"')
  assert.match(entryText(['x']), /^\[Desktop Entry\]\nType=Application\nName=Postern\n/)
})

test('the entry names the program to look for, and counts as off where the desktop switched it off', () => {
  const text = entryText(['/opt/a\\b/postern', '--hidden'])
  assert.match(text, /^TryExec=\/opt\/a\\\\b\/postern$/m)
  assert.ok(isEntryOn(text))
  assert.ok(!isEntryOn(text.replace('Autostart-enabled=true', 'Autostart-enabled=false')))
  assert.ok(!isEntryOn(`${text}Hidden=true\n`))
})

const windows: Running = {
  platform: 'win32',
  isPackaged: true,
  program: 'C:\\Programs\\Postern\\Postern.exe',
  folder: 'C:\\a b\\postern',
}
const mac: Running = {
  ...windows,
  platform: 'darwin',
  program: '/Applications/Postern.app/Contents/MacOS/Postern',
}

test('the login item of Windows has its words quoted as Windows takes them apart', () => {
  const args = (running: Running, data?: string) => loginItem(running, data).args
  assert.deepEqual(loginItem(windows), { path: windows.program, args: ['--hidden'] })
  assert.deepEqual(args(windows, 'D:\\mail'), ['--hidden', '--data=D:\\mail'])
  assert.deepEqual(args(windows, 'D:\\the mail\\'), ['--hidden', String.raw`"--data=D:\the mail\\"`])
  assert.deepEqual(args(windows, 'a"b c'), ['--hidden', String.raw`"--data=a\"b c"`])
  assert.deepEqual(args({ ...windows, isPackaged: false }), [String.raw`"C:\a b\postern"`, '--hidden'])
})

test('the login item of a Mac is the installed app with its usual folder, or a sentence', () => {
  assert.deepEqual(loginItem(mac), {})
  assert.throws(
    () => loginItem({ ...mac, isPackaged: false }),
    /Only the installed Postern can start with a Mac/,
  )
  assert.throws(() => loginItem(mac, '/other'), /with its usual data folder only/)
})

test('whether it starts with the system is what the system says, and a Mac may ask a person first', () => {
  const found = { openAtLogin: true, executableWillLaunchAtLogin: true, status: 'enabled' }
  for (const platform of ['win32', 'darwin'] as const) {
    assert.ok(isOn(platform, found))
    assert.equal(stillToDo(platform, found), undefined)
  }
  const switchedOff = { ...found, executableWillLaunchAtLogin: false }
  assert.ok(!isOn('win32', switchedOff))
  assert.ok(isOn('darwin', switchedOff))
  assert.ok(!isOn('darwin', { ...found, openAtLogin: false }))
  const asked = { ...found, openAtLogin: false, status: 'requires-approval' }
  assert.match(stillToDo('darwin', asked) ?? '', /allow Postern in System Settings/)
  assert.equal(stillToDo('win32', asked), undefined)
})

test('the app tells Windows the name that its package has', () => {
  const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8')
  const [, name] = /^appId: (\S+)$/m.exec(read('electron-builder.yml')) ?? []
  assert.ok(name && read('main/start.ts').includes(`app.setAppUserModelId('${name}')`))
})
