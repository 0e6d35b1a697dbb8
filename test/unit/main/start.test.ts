/** How the app is started: its arguments, its profile, and the file that starts it with the session. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments } from '../../../main/arguments.ts'
import { entryText } from '../../../main/autostart-entry.ts'
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
  const exec = (...command: string[]) => /^Exec=(.*)$/m.exec(entryText(command))?.[1]
  assert.equal(exec('/opt/postern/postern', '--hidden'), '/opt/postern/postern --hidden')
  assert.equal(exec('/opt/my app/postern', '--hidden'), '"/opt/my app/postern" --hidden')
  assert.equal(exec('/a"b'), String.raw`"/a\\"b"`)
  assert.equal(exec('/a$b'), String.raw`"/a\\$b"`)
  assert.equal(exec('/a\\b'), String.raw`"/a\\\\b"`)
  assert.equal(exec('/100%'), '"/100%%"')
  assert.match(entryText(['x']), /^\[Desktop Entry\]\nType=Application\nName=Postern\n/)
})
