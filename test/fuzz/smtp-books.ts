/** What a session was told, held against the decisions of the settings and what the spool has. */
import assert from 'node:assert/strict'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { formatAddress, parseAddress } from '../../app/mail/address.ts'
import { parseRcpt } from '../../app/mail/path.ts'
import { formatReply, parseReply } from '../../app/mail/reply.ts'
import type { RunningRelay } from '../support/relay.ts'
import { waitFor } from '../support/wait.ts'
import type { Accepted, Told } from './smtp-model.ts'

/** Nobody was let in, and no recipient accepted, whom the settings refuse; and each refusal is theirs. */
export async function isAccepted(
  relay: RunningRelay,
  client: string,
  told: Told,
  most: number,
): Promise<void> {
  if (!told.greeting.startsWith('220')) assert.equal(told.recipients.length, 0)
  for (const { line, reply, user, before, smtpUtf8 } of told.recipients) {
    const parsed = parseRcpt(
      Buffer.from(line, 'latin1')
        .toString()
        .replace(/\r?\n$/, ''),
      smtpUtf8,
    )
    const isTaken = reply.startsWith('250')
    if (!parsed.ok || before >= most) {
      assert.ok(!isTaken, `taken: ${line}`)
      continue
    }
    const to = /<(.*)>/.exec(Buffer.from(line, 'latin1').toString())?.[1] ?? ''
    const decision = await relay.control.explain({ client, to, ...(user === undefined ? {} : { user }) })
    const answered = parseReply(reply)
    assert.equal(isTaken, decision.verdict === 'accept', `${line} got ${reply}`)
    assert.equal(answered && formatReply(answered), formatReply(decision.reply), line)
  }
}

/** What was accepted is there once, for those who were accepted, whole; and nothing else was taken. */
export async function isKept(relay: RunningRelay, { messages }: Told, start: number): Promise<void> {
  const taken = relay.events.slice(start).filter(event => event.kind === 'accepted')
  assert.deepEqual(
    taken.map(({ id }) => id),
    messages.map(({ id }) => id),
  )
  for (const [index, message] of messages.entries()) {
    const event = taken[index]
    assert.equal(event?.from, canonical(message.sender))
    assert.deepEqual(event?.to, message.recipients.map(canonical))
    await isQueued(relay, message, event?.size ?? 0)
    await isInMailboxes(relay, message)
  }
  await relay.control.removeMessages({ ids: [], all: true })
}

function canonical(path: string): string {
  const parsed = parseAddress(Buffer.from(path, 'latin1').toString())
  return parsed.ok ? formatAddress(parsed.address) : path
}

const isHere = (path: string) => /@example\.com$/i.test(path) || path === 'postmaster'

/** Of what leaves this machine, and is held. */
async function isQueued(relay: RunningRelay, message: Accepted, size: number): Promise<void> {
  const away = new Set(message.recipients.filter(path => !isHere(path)).map(canonical))
  if (away.size === 0) return
  const found = await relay.control.showMessage(message.id)
  assert.ok(found, `${message.id} got its 250 and isn't in the queue`)
  const queued = found.message.envelope.recipients.map(({ address }) => address)
  assert.deepEqual(new Set(queued.filter(one => !isHere(one))), away)
  const header = Buffer.from(found.header)
  const own = header.subarray(0, size - message.content.length)
  assert.match(own.toString(), /^Received: from .*\r\n$/s)
  const [theirs = ''] = message.content.toString('latin1').split('\r\n\r\n')
  assert.ok(header.length <= own.length + theirs.length * 3 + 4, 'the header holds more than was sent')
}

/** Byte for byte, behind the fields that delivery puts in front. */
async function isInMailboxes(relay: RunningRelay, { id, recipients, content }: Accepted): Promise<void> {
  const names = new Set(recipients.filter(isHere).map(path => (/^fred/i.test(path) ? 'fred' : 'support')))
  if (names.size === 0) return
  const delivered = () => relay.events.filter(event => event.kind === 'delivered' && event.id === id)
  await waitFor(`${id} in ${names.size} mailboxes`, () => delivered().length >= names.size || undefined)
  for (const name of names) {
    const folder = join(relay.folder, 'mail', name, 'new')
    const files = (await readdir(folder)).filter(file => file.includes(id))
    assert.equal(files.length, 1, `${id} is ${files.length} times in the mailbox ${name}`)
    for (const file of files) {
      const bytes = await readFile(join(folder, file))
      // A mailbox's lines end in LF.
      const expected = content.toString('latin1').replaceAll('\r\n', '\n')
      assert.ok(bytes.toString('latin1').endsWith(expected), `${id} isn't what was sent`)
      await rm(join(folder, file))
    }
  }
}
