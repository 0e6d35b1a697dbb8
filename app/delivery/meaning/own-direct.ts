/** Replies in our own words: what direct sending, DANE and DKIM need and haven't got. */
import type { Entry } from './entry.ts'

export const ownDirect: readonly Entry[] = [
  {
    name: 'own-dane-unproved',
    says: ['must have (dane'],
    means: "The DNS doesn't give the certificate that the other server must show.",
    cause:
      'The domain promises to publish it (DANE), and its name servers fail at that, or the DNS here does.',
    todo: 'Nothing where it is one domain: it is tried again. If it is many, check the DNS of this machine.',
    mends: ['wait', 'doctor'],
    source: 'rfc7672',
  },
  {
    name: 'own-dane-differs',
    says: [['no safe tls connection to', '(dane)']],
    means: 'The other server shows another certificate than its domain publishes (DANE).',
    cause: 'Its certificate was changed and the DNS was not, or somebody stands between.',
    todo: 'Nothing here: it is tried again. Tell the recipient if it stays like this.',
    mends: ['tell-recipient', 'wait'],
    source: 'rfc7672',
  },
  {
    name: 'own-inside',
    says: ['inside a private network'],
    means: 'By the DNS the mail would go to a machine in a private network, and is not sent there.',
    cause: "The domain's MX record names an inside address, or the address itself is one.",
    todo: 'If that server is yours, make a mail sender that names the domain and the server.',
    mends: ['mail-senders', 'doctor'],
    source: 'rfc5321',
  },
  {
    name: 'own-dkim-key',
    says: [['that signs mail of ', "isn't in the secret store"]],
    means: 'The key that signs the mail of this domain is missing, so that the mail waits.',
    cause: 'It was never made here, or the settings came from another machine: keys do not travel.',
    todo: 'Make or import the key, or switch the signing off.',
    mends: ['dkim'],
    source: 'rfc6376',
  },
  {
    name: 'own-header-long',
    says: ['its sender can be neither changed nor signed'],
    means: 'The header of the message is too long for its sender to be changed or signed.',
    cause: 'The program that made it wrote more than 1 MB before the text, mostly by mistake.',
    todo: 'Send it from another program, or to fewer recipients at once.',
    mends: ['sender-rewriting', 'dkim'],
    source: 'rfc6376',
  },
]
