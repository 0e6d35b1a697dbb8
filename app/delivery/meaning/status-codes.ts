/** Meanings of the enhanced status codes of the IANA registry, for replies whose words the table doesn't know. */
import type { Entry } from './entry.ts'
import type { SourceName } from './sources.ts'
import { addressRows } from './status-addresses.ts'
import { policyRows } from './status-policies.ts'
import { AGAIN, CORRECT, type StatusRow } from './status-row.ts'

const general: readonly StatusRow[] = [
  [
    '0.0',
    'The other server refused without saying why.',
    'Read its answer; ask whoever runs it.',
    ['tell-provider', 'servers'],
  ],
  [
    '0.*',
    'The other server refused without saying why.',
    'Read its answer; ask whoever runs it.',
    ['tell-provider', 'servers'],
  ],
  ['1.*', 'Something is wrong with an address.', CORRECT, ['tell-recipient']],
  ['2.*', "Something is wrong with the recipient's mailbox.", AGAIN, ['tell-recipient', 'wait']],
  ['3.*', 'Something is wrong with the other server.', AGAIN, ['wait', 'tell-provider']],
  ['4.*', 'Something is wrong in the network on the way.', AGAIN, ['wait', 'doctor']],
  [
    '5.*',
    'The two servers did not understand each other.',
    'Check the server and port of the mail sender.',
    ['servers', 'tell-provider'],
  ],
  [
    '6.*',
    'Something is wrong with the contents of the message.',
    'Send it in a plainer form.',
    ['tell-recipient'],
  ],
  [
    '7.*',
    'A rule of the other server forbids it.',
    'Read its answer; ask whoever runs it.',
    ['tell-provider', 'sign-in'],
  ],
]

const CAUSES: Readonly<Record<string, string>> = {
  '0': 'Its answer names no reason that mail servers agree on.',
  '1': 'The code is one for addresses.',
  '2': 'The code is one for mailboxes: the recipient, or their provider, can change it.',
  '3': 'The code is one for the mail system there: whoever runs it can change it.',
  '4': 'The code is one for networks and routes.',
  '5': 'The code is one for the dialogue between mail servers.',
  '6': 'The code is one for what a message holds.',
  '7': 'The code is one for security and rules.',
}

function entryOf([detail, means, todo, mends]: StatusRow): Entry {
  const source: SourceName = detail.endsWith('*') ? 'rfc3463' : 'registry'
  return {
    name: `status-${detail.replace('.', '-').replace('*', 'other')}`,
    status: [`*.${detail}`],
    means,
    cause: CAUSES[detail.charAt(0)] ?? '',
    todo,
    mends,
    source,
  }
}

/** Those of a whole subject come last. */
export const statusCodes: readonly Entry[] = [...[...addressRows, ...policyRows, ...general].map(entryOf)]
