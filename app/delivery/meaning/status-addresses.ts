/** Enhanced status codes about addresses, mailboxes, systems, networks and protocols. */
import { AGAIN, ASK, CORRECT, type StatusRow } from './status-row.ts'

const addresses: readonly StatusRow[] = [
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

const mailboxes: readonly StatusRow[] = [
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

const systems: readonly StatusRow[] = [
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

const networks: readonly StatusRow[] = [
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

const protocols: readonly StatusRow[] = [
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

export const addressRows: readonly StatusRow[] = [
  ...addresses,
  ...mailboxes,
  ...systems,
  ...networks,
  ...protocols,
]
