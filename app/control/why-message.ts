/** The words for messages that were refused, and for log-ons that failed. */

import { findAccount } from '../access/log-on.ts'
import { isOfferedLogOn } from '../access/log-on-offer.ts'
import { parseClient } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import type { SmtpSettings, User } from '../settings/settings.ts'
import { formatDuration, formatSize } from '../settings/units.ts'
import type { WhyKind, WhyWords } from './why.ts'

type OfMessages = Extract<
  WhyKind,
  'bare-cr' | 'nul' | 'loop' | 'too-large' | 'disk' | 'lost' | 'data-timeout' | 'too-slow' | 'stopping'
>

const CONTENT =
  'SMTP permits no such bytes (RFC 5321), and servers that take them can be tricked into seeing two messages in one; no setting changes that.'

/** By the limits in force now; `said`: the words of the reply. */
export function messageWords(kind: OfMessages, client: string, said: string, smtp: SmtpSettings): WhyWords {
  switch (kind) {
    case 'bare-cr':
      return {
        means: `${client} sent a message in which a CR stands without LF.`,
        cause: `${CONTENT} A row's mendLineEnds mends LF without CR only.`,
        todo: 'Mend or update the program that made the message; its maker knows this as “bare CR”.',
      }
    case 'nul':
      return {
        means: `${client} sent a message that holds a NUL byte.`,
        cause: CONTENT,
        todo: 'Mend or update the program that made the message: files must be attached encoded, as in base64.',
      }
    case 'loop':
      return {
        means: 'The message had passed so many servers that it runs in a circle.',
        cause:
          'Each server adds a Received field to its header, and more than 100 are a circle; no setting changes that.',
        todo: "Look where your mail senders, aliases and forwardings send this recipient's mail: one of them leads back here.",
        path: 'delivery.routes',
      }
    case 'too-large':
      return {
        means: `The message from ${client} was too large.`,
        cause: `A message may have ${formatSize(smtp.maxMessageSize)} (smtp.maxMessageSize); attachments grow by a third on their way.`,
        todo: 'Send a link or smaller files, or raise the limit. The next server has a limit of its own.',
        path: 'smtp.maxMessageSize',
      }
    case 'disk':
      return {
        means: "This server couldn't write the message to its disk.",
        cause: said,
        todo: 'Free space on the disk that holds the data folder, or mend what keeps Postern from writing to it. The sender tries again by itself.',
      }
    case 'lost':
      return {
        means: `The connection with ${client} ended in the middle of the message.`,
        cause: `It was cut off, or nothing came for ${formatDuration(smtp.idleTimeout)} (smtp.idleTimeout).`,
        todo: 'Nothing, if it comes once in a while: the sender tries again. If it goes on, check the line to this machine, and its own time limit for sending.',
        path: 'smtp.idleTimeout',
      }
    case 'data-timeout':
      return {
        means: `The message from ${client} took too long to come.`,
        cause: `The content of one message may take ${formatDuration(smtp.dataTimeout)} (smtp.dataTimeout).`,
        todo: 'Check the line to this machine if it is one of yours, or send less at once. Raise the limit only if the line is that slow.',
        path: 'smtp.dataTimeout',
      }
    case 'too-slow':
      return {
        means: `The message from ${client} came too slowly.`,
        cause: `It must bring ${formatSize(smtp.minDataRate)} a second on average (smtp.minDataRate).`,
        todo: 'Check the line to this machine if it is one of yours. Lower the rate only if the line is that slow: it keeps strangers from holding connections.',
        path: 'smtp.minDataRate',
      }
    case 'stopping':
      return {
        means: 'The server was shutting down.',
        cause: 'Somebody stopped it or paused it, or the computer was shut down.',
        todo: 'Nothing: the sender tries again by itself.',
      }
  }
}

/** For recipients that were decided again when the content was to come. */
export function goneWords(client: string, gone: string | undefined): WhyWords {
  const who = gone === undefined ? 'The account' : `The account ${gone}`
  return {
    means: `${who} that ${client} had logged on with was removed, disabled or given another password in the middle of its session.`,
    cause:
      'So its recipients were decided again, for nobody logged on, and not all of them may be sent to that way: nothing was sent.',
    todo: 'If the account is to go on, look at it on the page Users, put its new password into the mail program, and send the message again.',
    path: 'users',
  }
}

/** The password was right. */
export function forAnotherWords(client: string, user: string, users: readonly User[]): WhyWords {
  const named = findAccount(users, user)
  return {
    means: `${client} logged on as ${user} with the right password, but wanted to act as somebody else.`,
    cause:
      'Its AUTH PLAIN named another account as the one to act as (the authorization identity of RFC 4616); no setting lets one account act for another.',
    todo: "Take that second name out of the mail program's settings, where it may be called “authorization ID” or “authzid”, or write the account's own name there.",
    path: named.kind === 'unknown' ? 'users' : `users[${users.indexOf(named.user)}]`,
  }
}

interface LogOnParts {
  readonly users: readonly User[]
  readonly policy: Policy
}

/** What is known of the account now; a client is never told. */
export function logOnWords(
  kind: Extract<WhyKind, 'wrong-password' | 'wrong-passwords' | 'log-on-later'>,
  { client, user }: { readonly client: string; readonly user: string },
  { users, policy }: LogOnParts,
): WhyWords {
  const named = findAccount(users, user)
  const slow =
    kind === 'log-on-later'
      ? " After some wrong passwords the next one is tried only after a while, so this one wasn't even looked at."
      : ''
  const ended = kind === 'wrong-passwords' ? ' It was the fifth time in this session, which ends it.' : ''
  const means = `${client} couldn't log on as ${user === '' ? 'nobody' : user}.${slow}${ended}`
  const at = named.kind === 'unknown' ? -1 : users.indexOf(named.user)
  const path = at < 0 ? 'users' : `users[${at}]`
  switch (named.kind) {
    case 'unknown':
      return {
        means,
        cause: 'There is no account of this name, nor one with this address.',
        todo: 'If it is one of yours, correct the name in the mail program or make the account. Many failures with different names are somebody guessing.',
        path,
      }
    case 'disabled':
      return { means, cause: 'The account is disabled.', todo: 'Enable it if it is to be used again.', path }
    case 'no-password':
      return { means, cause: 'The account has no password yet.', todo: 'Set its password.', path }
    case 'account':
      return {
        means,
        cause: `The account ${named.user.name} is there and enabled, so it was the password that was wrong${offered(client, policy)}.`,
        todo: 'Put the right password into the mail program, or set a new one here if it may be forgotten.',
        path,
      }
  }
}

function offered(client: string, policy: Policy): string {
  const address = parseClient(client)
  return address && !isOfferedLogOn(policy, address) ? ' then; now no port offers this client a log-on' : ''
}
