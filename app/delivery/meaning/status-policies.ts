/** Enhanced status codes about contents and rules. */
import { AGAIN, ASK, SIGN, type StatusRow } from './status-row.ts'

const contents: readonly StatusRow[] = [
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

const policies: readonly StatusRow[] = [
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

export const policyRows: readonly StatusRow[] = [...contents, ...policies]
