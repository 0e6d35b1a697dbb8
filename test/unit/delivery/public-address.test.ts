/** Which addresses the DNS of others may send our mail to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isHostAddress, isPublicAddress } from '../../../app/delivery/public-address.ts'

const isPublic = ['9.9.9.9', '192.0.2.1', '172.32.0.1', '100.128.0.1', '2001:db8::1', '2a00::1']
const inside = [
  '10.0.0.5',
  '127.0.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '198.18.0.1',
  '::1',
  'fe80::1',
  'fd00::1',
  '64:ff9b::a00:5',
  '2002:a00:5::1',
]
const nobody = [
  '0.0.0.0',
  '255.255.255.255',
  '224.0.0.1',
  '::',
  'ff02::1',
  '::ffff:10.0.0.5',
  '::ffff:9.9.9.9',
]

test('addresses of the Internet', () => {
  for (const address of isPublic)
    assert.deepEqual([isPublicAddress(address), isHostAddress(address)], [true, true], address)
})

test('addresses inside a network', () => {
  for (const address of inside)
    assert.deepEqual([isPublicAddress(address), isHostAddress(address)], [false, true], address)
})

test('addresses of nobody', () => {
  for (const address of nobody)
    assert.deepEqual([isPublicAddress(address), isHostAddress(address)], [false, false], address)
})
