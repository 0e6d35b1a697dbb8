/** Meanings of the enhanced status codes of the IANA registry, for replies whose words the table doesn't know. */
import type { Entry, MendKind } from './entry.ts'
import type { SourceName } from './sources.ts'

type Row = readonly [detail: string, means: string, todo: string, mends: readonly [MendKind, ...MendKind[]]]

const AGAIN = 'Nothing where it is tried again; else read the answer of the other server.'
const CORRECT = 'Correct the address and send the message again.'
const ASK = 'Ask the recipient, by another way, for another address or to mend it.'
const SIGN = "Sign the domain's mail with DKIM, and name this server in the SPF record."

const addresses: readonly Row[] = [
  ['1.0', 'Something is wrong with an address.', CORRECT, ['tell-recipient']],
  ['1.1', 'The recipient does not exist on the other server.', CORRECT, ['tell-recipient']],
  ['1.2', "The recipient's domain does not exist, or takes no mail.", CORRECT, ['tell-recipient', 'doctor']],
  ['1.3', "The recipient's address is not written as addresses are.", CORRECT, ['tell-recipient']],
  ['1.4', 'The address fits more than one mailbox there.', ASK, ['tell-recipient']],
  ['1.5', 'The address is right, but the message was not taken.', AGAIN, ['wait', 'tell-recipient']],
  ['1.6', 'The recipient has moved, and left no new address.', ASK, ['tell-recipient']],
  [
    '1.7',
    "The sender's address is not written as addresses are.",
    'Set a full sender address in the device or program.',
    ['sender-rewriting'],
  ],
  [
    '1.8',
    "The sender's domain does not exist, or takes no mail.",
    'Use a sender address that takes mail.',
    ['sender-rewriting', 'doctor'],
  ],
  ['1.9', 'The message was passed on to a server that sends no reports.', AGAIN, ['wait']],
  ['1.10', 'The domain says of itself that it takes no mail at all (null MX).', ASK, ['tell-recipient']],
]

const mailboxes: readonly Row[] = [
  ['2.0', "Something is wrong with the recipient's mailbox.", AGAIN, ['wait', 'tell-recipient']],
  ['2.1', "The recipient's mailbox is switched off, or takes nothing now.", ASK, ['tell-recipient']],
  ['2.2', "The recipient's mailbox is full.", 'Tell the recipient by another way.', ['tell-recipient']],
  [
    '2.3',
    'The message is larger than the recipient may get.',
    'Send a link to the file, or several smaller messages.',
    ['limits', 'tell-recipient'],
  ],
  ['2.4', 'The recipient is a mailing list that does not work.', ASK, ['tell-recipient']],
]

const systems: readonly Row[] = [
  ['3.0', 'Something is wrong with the other server.', AGAIN, ['wait', 'tell-provider']],
  ['3.1', 'The other server has no room left.', AGAIN, ['wait', 'tell-provider']],
  ['3.2', 'The other server takes no mail at the moment.', AGAIN, ['wait', 'servers']],
  [
    '3.3',
    'The other server cannot do what this message needs.',
    'Send it in a plainer form.',
    ['tell-recipient'],
  ],
  [
    '3.4',
    'The message is larger than the other server takes.',
    'Send a link to the file, or several smaller messages.',
    ['limits', 'tell-recipient'],
  ],
  ['3.5', 'The other server is set up wrongly.', 'Tell whoever runs it.', ['tell-provider']],
  ['3.6', 'The priority of the message was changed.', AGAIN, ['wait']],
]

const networks: readonly Row[] = [
  ['4.0', 'Something is wrong in the network on the way.', AGAIN, ['wait', 'doctor']],
  ['4.1', 'The server to go to did not answer.', AGAIN, ['wait', 'doctor', 'servers']],
  ['4.2', 'The connection was lost in the middle.', AGAIN, ['wait', 'doctor']],
  ['4.3', 'A directory or the DNS gave no answer.', AGAIN, ['wait', 'doctor']],
  [
    '4.4',
    'No way to the recipient was found.',
    'Check the address; then the server that the mail sender names.',
    ['servers', 'doctor'],
  ],
  ['4.5', 'The other server is overloaded.', AGAIN, ['wait']],
  [
    '4.6',
    'The message went in a circle and was stopped.',
    'Check forwardings and local domains here, and those of the recipient.',
    ['local-mail', 'tell-recipient'],
  ],
  [
    '4.7',
    'The message was too old to go on.',
    'Send it again, once the other server takes mail.',
    ['tell-recipient', 'doctor'],
  ],
]

const protocols: readonly Row[] = [
  [
    '5.0',
    'The two servers did not understand each other.',
    'Check the server and port of the mail sender.',
    ['servers', 'tell-provider'],
  ],
  [
    '5.1',
    'The other server did not know a command, or not at this moment.',
    'Check the port and the sign-in of the mail sender.',
    ['servers', 'sign-in'],
  ],
  [
    '5.2',
    'The other server could not read a command.',
    'Check the addresses, and our own name.',
    ['hostname', 'servers'],
  ],
  [
    '5.3',
    'The message has more recipients than the other server takes.',
    'Send to fewer people at once.',
    ['limits', 'wait'],
  ],
  [
    '5.4',
    'The other server did not like what came with a command.',
    'Check our own name, and the addresses.',
    ['hostname', 'servers'],
  ],
  [
    '5.5',
    'The two servers speak different versions.',
    'Check the server and port of the mail sender.',
    ['servers'],
  ],
  [
    '5.6',
    'The sign-in was longer than the other server takes.',
    'Choose another kind of sign-in.',
    ['sign-in'],
  ],
]

const contents: readonly Row[] = [
  [
    '6.0',
    'Something is wrong with the contents of the message.',
    'Send it in a plainer form.',
    ['tell-recipient'],
  ],
  [
    '6.1',
    'The other server does not take contents of this kind.',
    'Send it in a plainer form.',
    ['tell-recipient'],
  ],
  [
    '6.2',
    'The contents would have to be changed, which is forbidden.',
    'Send it in a plainer form.',
    ['tell-recipient'],
  ],
  [
    '6.3',
    'The contents would have to be changed, which the server cannot.',
    'Send it in a plainer form.',
    ['tell-recipient'],
  ],
  ['6.4', 'The contents were changed on the way, and something was lost.', AGAIN, ['wait']],
  ['6.5', 'The contents could not be changed as needed.', 'Send it in a plainer form.', ['tell-recipient']],
  ['6.6', 'The contents could not be found.', 'Send it again.', ['tell-recipient']],
  [
    '6.7',
    'An address has letters like ä or é, which a server on the way cannot handle.',
    'Use addresses in plain letters.',
    ['tell-recipient'],
  ],
  ['6.8', 'The answer would have letters like ä or é, which is not permitted.', AGAIN, ['tell-recipient']],
  [
    '6.9',
    'The header has letters like ä or é, which a server on the way cannot handle.',
    'Use plain letters in names and addresses.',
    ['tell-recipient'],
  ],
  [
    '6.10',
    'A server on the way cannot handle international mail.',
    'Use addresses in plain letters.',
    ['tell-recipient'],
  ],
]

const policies: readonly Row[] = [
  [
    '7.0',
    'A rule of the other server forbids it.',
    'Read its answer; ask whoever runs it.',
    ['tell-provider', 'servers'],
  ],
  [
    '7.1',
    'The other server does not take this message from this sender or this machine.',
    'Read its answer; check sign-in and sender address.',
    ['sign-in', 'sender-rewriting', 'tell-recipient'],
  ],
  ['7.2', 'The sender may not write to this mailing list.', ASK, ['tell-recipient']],
  [
    '7.3',
    'The message would have to be secured in another way, which was not possible.',
    'Check the encryption and the sign-in.',
    ['encryption', 'sign-in'],
  ],
  [
    '7.4',
    'The other server does not know this kind of sign-in or security.',
    'Choose another kind of sign-in.',
    ['sign-in', 'encryption'],
  ],
  [
    '7.5',
    'The encryption or its certificate failed.',
    'Check the encryption and the certificate of the mail sender.',
    ['encryption', 'trust'],
  ],
  [
    '7.6',
    'The encryption used is not known to the other server.',
    'Check the encryption of the mail sender.',
    ['encryption'],
  ],
  [
    '7.7',
    'The message was changed on the way.',
    'Send it again; take mail scanners out of the way.',
    ['doctor'],
  ],
  ['7.8', 'The user name or the password is wrong.', 'Enter them again.', ['sign-in']],
  [
    '7.9',
    'This kind of sign-in is too weak for the other server.',
    'Choose another kind of sign-in, or an app password.',
    ['sign-in'],
  ],
  ['7.10', 'The other server wants encryption.', 'Set the encryption to STARTTLS, required.', ['encryption']],
  [
    '7.11',
    'The other server wants encryption before the sign-in.',
    'Set the encryption to STARTTLS, required.',
    ['encryption'],
  ],
  [
    '7.12',
    'The password has to be changed first.',
    'Change it at the provider, then enter the new one.',
    ['sign-in'],
  ],
  [
    '7.13',
    'The account that signs in is switched off.',
    'Have the provider switch it on, or use another.',
    ['sign-in', 'tell-provider'],
  ],
  [
    '7.14',
    'The two servers do not trust each other.',
    'Tell whoever runs the other server.',
    ['tell-provider'],
  ],
  ['7.15', 'The priority of the message is too low for now.', AGAIN, ['wait']],
  ['7.16', 'The message is too large for its priority.', 'Send it smaller.', ['limits']],
  ['7.17', 'The mailbox belongs to somebody else by now.', ASK, ['tell-recipient']],
  ['7.18', 'The domain belongs to somebody else by now.', ASK, ['tell-recipient']],
  ['7.19', 'Whether the mailbox still belongs to the same person cannot be told.', ASK, ['tell-recipient']],
  ['7.20', 'No signature (DKIM) of the message holds.', SIGN, ['dkim', 'doctor']],
  ['7.21', 'No signature (DKIM) that the other server accepts holds.', SIGN, ['dkim', 'doctor']],
  ['7.22', "No signature (DKIM) is of the sender's domain.", SIGN, ['dkim', 'sender-rewriting']],
  [
    '7.23',
    "The sender's domain does not permit this server to send for it (SPF).",
    SIGN,
    ['doctor', 'servers', 'sender-rewriting'],
  ],
  [
    '7.24',
    "The SPF record of the sender's domain could not be read.",
    'Check the SPF record in the DNS.',
    ['doctor'],
  ],
  [
    '7.25',
    "This line's Internet address has no proper name in the DNS (reverse DNS).",
    'Have your Internet provider set it, or send through them.',
    ['doctor', 'servers'],
  ],
  [
    '7.26',
    'The message does not prove that it comes from the domain of its sender.',
    SIGN,
    ['dkim', 'doctor', 'sender-rewriting'],
  ],
  [
    '7.27',
    "The sender's domain says that it takes no mail, so none is taken from it.",
    'Use a sender address that takes mail.',
    ['sender-rewriting'],
  ],
  [
    '7.28',
    'Unusually much mail came, and the other server stops it.',
    'Find in the log what sends so much.',
    ['users', 'wait'],
  ],
  ['7.29', 'What servers on the way noted (ARC) does not hold.', AGAIN, ['wait']],
  [
    '7.30',
    'The message demands encryption all the way, which a server cannot do.',
    'Send it without that demand.',
    ['encryption', 'tell-recipient'],
  ],
]

const general: readonly Row[] = [
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

function entryOf([detail, means, todo, mends]: Row): Entry {
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
export const statusCodes: readonly Entry[] = [
  ...[...addresses, ...mailboxes, ...systems, ...networks, ...protocols, ...contents, ...policies].map(
    entryOf,
  ),
  ...general.map(entryOf),
]
