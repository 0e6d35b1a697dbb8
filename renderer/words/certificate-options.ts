/** The options of the certificate in words. */
import type { Options } from './option.ts'

export const certificateOptions: Options = {
  certificate: {
    label: 'Certificate',
    sentence: 'Shows clients that they talk to this server, and lets mail be encrypted on its way.',
  },
  'certificate.source': {
    label: 'Where it comes from',
    sentence: 'Changed here or in its files, it is used at once; sessions under way go on.',
    choices: [
      {
        value: 'own',
        label: 'Postern’s own',
        sentence: 'It encrypts just as well; some mail programs ask before they trust it.',
      },
      {
        value: 'files',
        label: 'From files',
        sentence: 'One that you or another program put on this machine: PEM or PFX.',
      },
      {
        value: 'acme',
        label: 'From an authority, by itself',
        sentence: 'Let’s Encrypt or another gives it for nothing and renews it (ACME).',
      },
    ],
  },
  'certificate.file': {
    label: 'Certificate file',
    sentence: 'Its whole path: a PEM file with the chain, or a PFX (.pfx, .p12).',
  },
  'certificate.keyFile': {
    label: 'Key file',
    sentence: 'The whole path of the private key (PEM). Empty where it is in the same file.',
  },
  'certificate.passphrase': {
    label: 'Passphrase',
    sentence: 'Only where the key or the PFX is locked with one.',
  },
  'certificate.acme.directory': {
    label: 'Authority',
    sentence:
      'letsencrypt, letsencrypt-staging for trying it out (nobody trusts what it gives), or the https address of another authority’s directory.',
  },
  'certificate.acme.names': {
    label: 'Names',
    sentence: 'The public names of this server that clients and other servers use. Empty: the host name.',
  },
  'certificate.acme.email': {
    label: 'Address for the authority',
    sentence: 'Where it may write to if something is wrong. Nowhere where it is empty.',
  },
  'certificate.acme.externalAccount': {
    label: 'Account id at the authority',
    sentence:
      'Only where it gave you one with a key (EAB, key id), as authorities do where you are a customer.',
  },
  'certificate.acme.externalKey': {
    label: 'Key to the account id',
    sentence: 'The HMAC key that came with it.',
  },
  'certificate.acme.termsAgreed': {
    label: 'I have read the authority’s terms of service and agree to them',
    sentence:
      'The authority asks for this, and gives no certificate without. Let’s Encrypt has them at letsencrypt.org/repository.',
  },
  'certificate.acme.challenge': {
    label: 'Proof that the names are yours',
    sentence: 'How the authority finds out.',
    choices: [
      {
        value: 'http-01',
        label: 'Over HTTP (http-01)',
        sentence: 'It asks this server at port 80 of each name, which must be reachable from the Internet.',
      },
      {
        value: 'dns-01',
        label: 'By the DNS (dns-01)',
        sentence:
          'A program of yours puts a record into your DNS. Needs no open port, and takes names with *.',
      },
    ],
  },
  'certificate.acme.port': {
    label: 'Port for the proof',
    sentence: 'Where this machine answers the authority. Your router must lead port 80 there.',
  },
  'certificate.acme.dnsCommand': {
    label: 'Program for the DNS',
    sentence: 'Its whole path. It is run with “add” or “remove”, the record’s name and its text.',
  },
  'certificate.acme.dnsWait': {
    label: 'Wait for the DNS',
    sentence: 'How long a new record takes to be known everywhere. A time such as 30s or 5m.',
  },
  'certificate.acme.trust': {
    label: 'Certificate to trust there',
    sentence: 'Only for an authority of your own: the whole path of its PEM file on this machine.',
  },
}
