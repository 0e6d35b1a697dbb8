/** Every reply in smtp-server's source is reworded, known to be fine, or never given: what a new version adds shows. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { reworded } from '../../../app/smtp/rewording.ts'

const source = new URL('../../../node_modules/smtp-server/dist/esm/', import.meta.url)

/** Short, and right as they are. */
const fine = ['220 Ready to start TLS', '221 Bye', '235 Authentication successful', '250 Flushed', '250 OK']
const dialogue = ['334 UGFzc3dvcmQ6', '334 VXNlcm5hbWU6', '354 End data with <CR><LF>.<CR><LF>']

/** Of handlers and steps that ours replace, and of mechanisms and options that are off. */
const neverGiven = [
  '200 Please pass, oh mighty wizard',
  '214 See https://tools.ietf.org/html/rfc5321 for details',
  '250 Accepted',
  '252 Try to send something. No promises though',
  '452 Error: too many recipients',
  '500 Can not kill Mom',
  '500 Error: Invoking shell is not allowed. This incident will be reported.',
  '500 Mere mortals must not mutter that mantra',
  '500 You are no wizard!',
  '501 Error: Bad ORCPT parameter syntax',
  '501 Error: Bad command parameter syntax',
  '501 Error: Bad recipient address syntax',
  '501 Error: Bad sender address syntax',
  '501 Error: NOTIFY parameter must be NEVER, SUCCESS, FAILURE, or DELAY',
  '501 Error: NOTIFY=NEVER cannot be combined with other values',
  '501 Error: Syntax: VRFY address',
  '501 Error: syntax: AUTH CRAM-MD5',
  '501 Error: syntax: AUTH XOAUTH2 token',
  '503 Error: Mail transaction in progress',
  '503 Error: need MAIL command',
  '503 Error: need RCPT command',
  '503 Error: nested MAIL command',
  '503 Error: No identity changes permitted',
  '535 Error: Username and Password not accepted',
  '538 Error: Must issue a STARTTLS command first',
  '550 Error: Not allowed',
  '421 Error: too many unauthenticated commands',
]

test('every fixed reply of the library is reworded, fine or never given', async () => {
  const left = new Set<string>()
  for (const file of ['smtp-connection.js', 'sasl.js']) {
    const text = await readFile(new URL(file, source), 'utf8')
    const sends = [...text.matchAll(/this\.send\((\d{3}), (.*)\);/g)]
    assert.ok(sends.length > 20, file)
    for (const [, code, words = ''] of sends) {
      // Of `'send ' + (lmtp ? 'LHLO' : 'HELO/EHLO') + ' first'` what stands without LMTP.
      const plain = words.replace(/' \+ \(this\._server\.options\.lmtp \? '\w+' : '([\w/]+)'\) \+ '/, '$1')
      const [, fixed] = /^'([^']*)'(?:,|$)/.exec(plain) ?? []
      if (fixed !== undefined && !reworded(Number(code), fixed)) left.add(`${code} ${fixed}`)
    }
  }
  assert.deepEqual([...left].sort(), [...fine, ...dialogue, ...neverGiven].sort())
})
