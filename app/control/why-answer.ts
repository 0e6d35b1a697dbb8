/** The answer to "why?" for refusals in the log; the window and the command line ask the same. */
import type { Case, Decision } from '../access/decision.ts'
import { LIST_PATHS } from '../access/mend.ts'
import { formatReply } from '../mail/reply.ts'
import type { Refusal, Why } from './why.ts'
import { whyKindOf } from './why-kind.ts'
import { type WhyParts, wordsOf } from './why-words.ts'

export interface WhyAnswerParts extends WhyParts {
  /** The decision by the settings in force. Throws a sentence where the case can't be understood. */
  readonly explain: (asked: Case) => Decision
}

export function whyAnswer(event: Refusal, parts: WhyAnswerParts): Why {
  if (event.kind === 'recipient-refused') return recipientAnswer(event, parts)
  const kind = whyKindOf(event)
  // Only recipients have that kind.
  if (kind === 'recipient') throw new Error(`An event ${event.kind} is about no recipient.`)
  return { kind, mends: [], ...wordsOf(kind, event, parts) }
}

/** Decided again, so that it says what holds now; what was said then stands in the log. */
function recipientAnswer(
  event: Refusal & { readonly kind: 'recipient-refused' },
  parts: WhyAnswerParts,
): Why {
  const { client, user, from, to, reply } = event
  const decision = parts.explain({ client, from, to, ...(user === undefined ? {} : { user }) })
  const { list, row } = decision
  const same = formatReply(decision.reply) === formatReply(reply)
  return {
    kind: 'recipient',
    means: `${client}${user === undefined ? ', not logged on,' : `, logged on as ${user},`} may not send to ${to}.`,
    cause: [
      ...(same ? [] : ['Since then something changed; with the settings in force now:']),
      ...decision.steps,
    ].join(' '),
    todo: todoOf(decision),
    ...(list !== null && { path: row === null ? LIST_PATHS[list] : `${LIST_PATHS[list]}[${row - 1}]` }),
    mends: [],
    decision,
  }
}

function todoOf({ verdict, reply, list }: Decision): string {
  if (verdict === 'accept') return 'Nothing: it would be taken now.'
  if (reply.code === 530)
    return 'If it is one of yours, switch on authentication in the mail program, and give the user name and password of the account.'
  if (reply.status !== '5.7.1')
    return 'Check the address; if somebody here is to have it, give it to an account or make an alias.'
  const where = list === 'global' ? 'the global list' : 'the access list'
  return `If you know this machine, put in a row of ${where} that allows its address, above the one that decides. If you don't, nothing needs doing.`
}
