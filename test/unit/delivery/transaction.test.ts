/** Recipients share a transaction where nothing parts them, and what goes out is what was stored. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outgoingOf, transactionsOf } from '../../../app/delivery/transaction.ts'
import type { Recipient } from '../../../app/mail/envelope.ts'
import type { Message } from '../../../app/queue/message.ts'
import { Spool } from '../../../app/queue/spool.ts'
import { atEnd, type Ending } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { messageTo } from './message.ts'
import { failureIn } from './outgoing.ts'

async function spoolWith(test: Ending, message: Message): Promise<Spool> {
  const spool = await Spool.open(await makeFolder(test), text => assert.fail(text))
  atEnd(test, () => spool.close())
  const content = spool.receive(message.id)
  await content.write(Buffer.from('x\r\n'))
  await spool.commit(message, content)
  return spool
}

function groups(recipients: readonly Recipient[]): readonly (readonly number[])[] {
  return transactionsOf(
    messageTo(recipients),
    recipients.map((_, index) => index),
  )
}

test('a hundred at most in each', () => {
  const many = Array.from({ length: 250 }, (_, index) => ({ address: `a${index}@d` }))
  assert.deepEqual(
    groups(many).map(({ length }) => length),
    [100, 100, 50],
  )
  assert.deepEqual(
    groups(many).flat(),
    many.map((_, index) => index),
  )
})

test('parted by what they want to be told, by SMTPUTF8, and by ORCPT', () => {
  const parted = groups([
    { address: 'a@d' },
    { address: 'b@d', notify: ['NEVER'] },
    { address: 'c@d' },
    { address: 'd@d', notify: ['NEVER'] },
    { address: 'ü@d' },
    { address: 'e@d', orcpt: 'rfc822;e@d' },
    { address: 'f@d', orcpt: 'rfc822;e@d' },
  ])
  assert.deepEqual(parted, [[0, 2], [1, 3], [4], [5], [6]])
})

test('only the recipients asked for', () => {
  assert.deepEqual(transactionsOf(messageTo([{ address: 'a@d' }, { address: 'b@d' }]), [1]), [[1]])
})

test('what goes out is what was stored', async t => {
  const recipients = [{ address: '"a,b"@d', notify: ['DELAY'], orcpt: 'rfc822;x@d' } as const]
  const envelope = { reversePath: '', body: '8bitmime', ret: 'FULL', envid: 'id' } as const
  const message = messageTo(recipients, envelope, { size: 3 })
  const spool = await spoolWith(t, message)
  assert.deepEqual(await outgoingOf(message, [0], spool), {
    reversePath: '',
    recipients: ['"a,b"@d'],
    smtpUtf8: false,
    eightBit: true,
    ret: 'FULL',
    envid: 'id',
    notify: ['DELAY'],
    orcpt: 'rfc822;x@d',
    size: 3,
    content: Buffer.from('x\r\n'),
  })
})

test('an address that is not in canonical form does not go out', async t => {
  for (const address of ['a b@d', 'a@D', '"ab"@d', 'a@d>,<c@d', 'a@d\r\nRCPT TO:<c@d>', 'nobody']) {
    for (const message of [
      messageTo([{ address }]),
      messageTo([{ address: 'a@d' }], { reversePath: address }),
    ]) {
      const spool = await spoolWith(t, message)
      const { reply, kind } = await failureIn(outgoingOf(message, [0], spool))
      assert.deepEqual([reply.code, reply.status, kind], [554, '5.1.3', 'refused'])
    }
  }
})
