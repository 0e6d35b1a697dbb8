/** One address for a folder, however it is written, and none that the system would cut. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { controlAddress } from '../../../app/control/address.ts'

test('the socket lies in the data folder', () => {
  assert.equal(controlAddress('/srv/postern/', 'linux'), '/srv/postern/control.sock')
  assert.equal(controlAddress('/srv/x/../postern', 'darwin'), '/srv/postern/control.sock')
})

test('on Windows it is a pipe of its own for each folder', () => {
  const pipe = controlAddress('/srv/postern', 'win32')
  assert.match(pipe, /^\\\\\.\\pipe\\postern-[0-9a-f]{32}$/)
  assert.equal(controlAddress('/SRV/postern', 'win32'), pipe)
  assert.notEqual(controlAddress('/srv/other', 'win32'), pipe)
})

test('a path that would be cut is refused, measured in bytes', () => {
  const longest = `/${'x'.repeat(103 - 1 - '/control.sock'.length)}`
  assert.equal(controlAddress(longest, 'linux').length, 103)
  assert.throws(() => controlAddress(`${longest}x`, 'linux'), /too long for a socket/)
  assert.throws(() => controlAddress(`/${'ü'.repeat(50)}`, 'linux'), /too long for a socket/)
})
