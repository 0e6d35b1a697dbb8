/** Meanings of plain reply codes, for replies that say nothing more. */
import type { Entry, MendKind } from './entry.ts'
import type { SourceName } from './sources.ts'

type Row = readonly [
  code: number,
  means: string,
  todo: string,
  mends: readonly [MendKind, ...MendKind[]],
  source?: SourceName,
]

const AGAIN = 'Nothing: it is tried again.'
const READ = 'Read its answer; ask whoever runs the other server.'

const rows: readonly Row[] = [
  [421, 'The other server closes the connection and takes no mail for now.', AGAIN, ['wait', 'servers']],
  [
    432,
    'The password has to be changed before the sign-in counts.',
    'Change it at the provider, then enter the new one.',
    ['sign-in'],
    'rfc4954',
  ],
  [450, "The recipient's mailbox cannot be reached at the moment.", AGAIN, ['wait', 'tell-recipient']],
  [451, 'The other server had a fault of its own.', AGAIN, ['wait']],
  [452, 'The other server has no room, or takes no more recipients at once.', AGAIN, ['wait']],
  [
    454,
    'The sign-in or the encryption did not work at the moment.',
    'It is tried again; check sign-in and encryption if it stays.',
    ['wait', 'sign-in', 'encryption'],
    'rfc4954',
  ],
  [455, 'The other server could not do what was asked with the message.', AGAIN, ['wait']],
  [
    500,
    'The other server did not know a command.',
    'Check the server and port of the mail sender.',
    ['servers', 'tell-provider'],
  ],
  [
    501,
    'The other server could not read an address or a name.',
    'Check the addresses, and our own name.',
    ['hostname', 'tell-recipient'],
  ],
  [
    502,
    'The other server lacks a command.',
    'Check the server and port of the mail sender.',
    ['servers', 'tell-provider'],
  ],
  [
    503,
    'The other server expected another command first, mostly a sign-in.',
    'Check the sign-in of the mail sender.',
    ['sign-in', 'servers'],
  ],
  [
    504,
    'The other server does not know what was asked with a command.',
    'Check the kind of sign-in.',
    ['sign-in', 'servers'],
  ],
  [
    521,
    'The other server takes no mail at all.',
    'Check the address, and the server of the mail sender.',
    ['servers', 'tell-recipient'],
    'rfc7505',
  ],
  [
    523,
    'The message, or the encryption, is not what the other server takes.',
    READ,
    ['encryption', 'limits'],
  ],
  [
    525,
    'The account that signs in is switched off.',
    'Have the provider switch it on.',
    ['sign-in', 'tell-provider'],
    'rfc4954',
  ],
  [
    530,
    'The other server takes mail only after a sign-in, or with encryption.',
    'Switch the sign-in of the mail sender on, and check its encryption.',
    ['sign-in', 'encryption'],
    'rfc4954',
  ],
  [
    534,
    'This kind of sign-in is too weak for the other server.',
    'Choose another kind of sign-in, or an app password.',
    ['sign-in'],
    'rfc4954',
  ],
  [535, 'The user name or the password is wrong.', 'Enter them again.', ['sign-in'], 'rfc4954'],
  [
    538,
    'The other server wants encryption before the sign-in.',
    'Set the encryption to STARTTLS, required.',
    ['encryption'],
    'rfc4954',
  ],
  [
    550,
    'The other server does not take mail for this recipient, or from this sender.',
    'Read its answer; check the address first.',
    ['tell-recipient', 'tell-provider'],
  ],
  [
    551,
    'The recipient is not on this server any more.',
    'Ask the recipient for the new address.',
    ['tell-recipient'],
  ],
  [
    552,
    'The message is too large, or the mailbox is full.',
    'Send it smaller, or tell the recipient by another way.',
    ['limits', 'tell-recipient'],
  ],
  [
    553,
    'The other server does not permit this address.',
    'Check the addresses; providers often permit only your own as the sender.',
    ['sender-rewriting', 'tell-recipient'],
  ],
  [554, 'The other server refused the message.', READ, ['tell-provider', 'servers']],
  [555, 'The other server does not know what came with an address.', READ, ['tell-provider', 'servers']],
  [
    556,
    "The recipient's domain takes no mail.",
    'Correct the address, or ask the recipient for another.',
    ['tell-recipient'],
    'rfc7505',
  ],
]

function entryOf([code, means, todo, mends, source = 'rfc5321']: Row): Entry {
  return {
    name: `code-${code}`,
    codes: [code],
    means,
    cause: 'The answer has no more than its three digits to tell by.',
    todo,
    mends,
    source,
  }
}

function codesFrom(first: number): readonly number[] {
  return Array.from({ length: 100 }, (_, index) => first + index)
}

/** Those of a whole class come last. */
export const replyCodes: readonly Entry[] = [
  ...rows.map(entryOf),
  {
    name: 'code-later',
    codes: codesFrom(400),
    means: 'The other server does not take the message yet.',
    cause: 'It says that it will go later.',
    todo: AGAIN,
    mends: ['wait'],
    source: 'rfc5321',
  },
  {
    name: 'code-never',
    codes: codesFrom(500),
    means: 'The other server refused the message for good.',
    cause: 'It gives no reason that mail servers agree on.',
    todo: READ,
    mends: ['tell-provider', 'servers'],
    source: 'rfc5321',
  },
]
