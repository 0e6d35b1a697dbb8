/** The doctor's findings in the window's names. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkText } from '../../../renderer/words/doctor-words.ts'

test('the encryption of a port is called as the bindings call it, and nothing else is touched', () => {
  for (const [said, shown] of [
    ['Postern listens at 0.0.0.0:25 (starttls).', 'Postern listens at 0.0.0.0:25 (TLS (STARTTLS offered)).'],
    ['Postern listens at :::465 (tls).', 'Postern listens at :::465 (SSL).'],
    [
      'Postern listens at 10.0.0.1:25 (none, for old devices).',
      'Postern listens at 10.0.0.1:25 (not encrypted, for old devices).',
    ],
    ['The key lies in the tls folder.', 'The key lies in the tls folder.'],
  ] as const)
    assert.equal(checkText({ text: said }), shown)
})
