/** Warnings about what next hops say: mail waits, and somebody has to change something. */
import type { MendKind } from '../delivery/meaning/entry.ts'
import { ownSignIns } from '../delivery/meaning/own-sign-ins.ts'
import { isFromCode } from '../delivery/meaning/table.ts'
import type { Reply } from '../mail/reply.ts'
import type { Message, RecipientState } from '../queue/message.ts'
import { inSlices } from '../queue/slices.ts'
import type { ReplyMeaning, Warning } from './control.ts'
import { replyMeaning, type SendingSettings } from './reply-meanings.ts'

/** Messages looked at: what is wrong with a way out shows on the oldest. */
const LOOKED_AT = 1000
/** Warnings at most: the queue shows the rest. */
const TOLD = 3
/** Attempts after which what may pass by itself is told. */
const PATIENCE = 3

const atOnce: readonly MendKind[] = ['sign-in', 'sender-rewriting', 'dkim', 'encryption', 'trust', 'hostname']
/** A warning of its own tells of these. */
const OF_SIGN_INS: readonly string[] = Object.values(ownSignIns).map(({ name }) => name)
const later: readonly MendKind[] = ['servers', 'mail-senders', 'local-mail']

/** The most frequent first. */
export async function refusalWarnings(
  messages: Iterable<Message>,
  settings: SendingSettings,
): Promise<Warning[]> {
  const found = new Map<string, { readonly meaning: ReplyMeaning; count: number }>()
  let looked = 0
  await inSlices(messages, message => {
    for (const meaning of needsOf(message, settings)) {
      const key = keyOf(meaning)
      const known = found.get(key)
      if (known) known.count++
      else found.set(key, { meaning, count: 1 })
    }
    return ++looked < LOOKED_AT
  })
  return [...found.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, TOLD)
    .map(({ meaning, count }) => warningOf(meaning, count))
}

/** Each once, however many recipients have it. */
function needsOf(message: Message, settings: SendingSettings): Iterable<ReplyMeaning> {
  const found = new Map<string, ReplyMeaning>()
  for (const [index, state] of message.states.entries()) {
    const reply = replyOf(state)
    const meaning = reply && meaningOf(message, index, reply, settings)
    if (meaning && needsPerson(meaning, state)) found.set(keyOf(meaning), meaning)
  }
  return found.values()
}

function replyOf(state: RecipientState): Reply | undefined {
  return state.kind === 'waiting' || state.kind === 'held' ? state.reply : undefined
}

/** What only the code tells is not sure: grey-listing has the code of a forbidden sender. */
function needsPerson({ name, mends }: ReplyMeaning, state: RecipientState): boolean {
  const [first] = mends
  if (!first || !('attempts' in state) || OF_SIGN_INS.includes(name)) return false
  if (atOnce.includes(first.kind) && !isFromCode(name)) return true
  return state.attempts >= PATIENCE && [...atOnce, ...later].includes(first.kind)
}

/** One meaning about two mail senders is two warnings. */
function keyOf({ name, mends }: ReplyMeaning): string {
  return `${name} ${mends.map(({ path = '' }) => path).join(' ')}`
}

/** Of each reply it is worked out once while the settings stay: the status is asked for often. */
const known = new WeakMap<
  Reply,
  { readonly settings: SendingSettings; readonly meaning: ReplyMeaning | null }
>()

function meaningOf(
  { envelope, origin: { user } }: Message,
  index: number,
  reply: Reply,
  settings: SendingSettings,
): ReplyMeaning | null {
  const before = known.get(reply)
  if (before?.settings === settings) return before.meaning
  const recipient = envelope.recipients[index]
  if (!recipient) return null
  const asked = { reply, from: envelope.reversePath, to: recipient.address }
  const meaning = replyMeaning(user === undefined ? asked : { ...asked, user }, settings)
  known.set(reply, { settings, meaning })
  return meaning
}

function warningOf(meaning: ReplyMeaning, count: number): Warning {
  const { means, todo, mends } = meaning
  const waits = count === 1 ? '1 message waits' : `${count} messages wait`
  return { kind: 'next-hop', text: `${waits}: ${means} ${todo}`, about: [keyOf(meaning)], mends }
}
