/** The options of accounts, local mail and mail senders in words. */
import type { Options } from './option.ts'

export const mailOptions: Options = {
  users: {
    label: 'Users',
    sentence: 'Who has an account here: to collect mail, and to log on before sending.',
  },
  'users[].name': { label: 'Name', sentence: 'The name to log on with.' },
  'users[].addresses': {
    label: 'Addresses',
    sentence: 'Mail to these comes to this user. Each must be in one of your local domains.',
  },
  'users[].enabled': {
    label: 'Account is in use',
    sentence: 'While it is off, the user can’t log on, and mail to the addresses is refused.',
  },
  'users[].forwardTo': {
    label: 'Forward to',
    sentence: 'Addresses that get this user’s mail, such as one at another provider.',
  },
  'users[].keepCopy': {
    label: 'Keep a copy here',
    sentence: 'Forwarded mail comes to the mailbox here too.',
  },
  'users[].password': {
    label: 'Password',
    sentence: 'Only a hash of it is stored, from which nobody can read it.',
  },
  localDomains: {
    label: 'Local domains',
    sentence: 'Mail to these domains is yours and stays here; mail to all others goes out.',
    more: 'Write the part behind the @ of your addresses, such as example.com. Mail to an address in a local domain that no user, alias or catch-all takes is refused.',
  },
  aliases: {
    label: 'Aliases',
    sentence: 'Further addresses, and who gets their mail: users here, or addresses elsewhere.',
  },
  'aliases[]': { label: 'Goes to', sentence: 'Names of users, or whole addresses.' },
  catchAll: {
    label: 'Catch-all',
    sentence:
      'Who gets mail to addresses of a local domain that nobody has. Without one, such mail is refused.',
    more: 'A catch-all collects a lot of spam. Refusing is kinder, too: who mistyped an address is told at once.',
  },
  'catchAll[]': { label: 'Catch-all', sentence: 'A user here, or a whole address.' },
  'delivery.routes': {
    label: 'Mail senders',
    sentence: 'How mail leaves. The first sender whose domains match the recipient takes it.',
  },
  'delivery.routes[].to': {
    label: 'For recipients in',
    sentence: 'Domains such as partner.example, *.partner.example for all below it, or * for every domain.',
  },
  'delivery.routes[].via': {
    label: 'Method',
    sentence: 'Which way mail goes.',
    choices: [
      {
        value: 'smart-host',
        label: 'SMTP relay (smart host)',
        sentence: 'your provider’s mail server takes it on',
      },
      { value: 'mx', label: 'SMTP direct (MX)', sentence: 'straight to each recipient’s mail server' },
      { value: 'lmtp', label: 'LAN forwarding (LMTP)', sentence: 'to a mailbox server in the office' },
      { value: 'hold', label: 'Hold', sentence: 'kept in the queue until you release it' },
    ],
  },
  'delivery.routes[].hosts': {
    label: 'Servers',
    sentence: 'Tried in turn until one answers, as smtp.provider.example:587.',
  },
  'delivery.routes[].encryption': {
    label: 'Encryption',
    sentence: 'How mail is kept from being read on its way to that server.',
    choices: [
      { value: 'none', label: 'None' },
      { value: 'starttls-if-offered', label: 'STARTTLS if there' },
      { value: 'starttls-required', label: 'STARTTLS required' },
      { value: 'tls', label: 'SSL' },
    ],
  },
  'delivery.routes[].login': {
    label: 'Sign-in',
    sentence: 'Most providers want a name and password before they take mail.',
  },
  'delivery.routes[].login.user': { label: 'User name', sentence: 'As your provider gave it to you.' },
  'delivery.routes[].login.secret': {
    label: 'Kept under the name',
    sentence: 'Senders with the same name here use the same password.',
  },
  'delivery.routes[].login.method': {
    label: 'Kind of sign-in',
    sentence: 'With a password, or with OAuth2.',
  },
  'delivery.routes[].plaintextLogin': {
    label: 'Sign in without encryption',
    sentence: 'Only for a server in your own network that knows no encryption.',
    choices: [
      { value: 'never', label: 'Never' },
      { value: 'local-networks', label: 'To servers in local networks' },
    ],
  },
  'delivery.routes[].trust': {
    label: 'Certificate to trust',
    sentence: 'The path of a PEM file, for a server whose certificate no public authority has signed.',
  },
  'delivery.retry': {
    label: 'Try again after',
    sentence: 'Waits after the first, second, … failure; the last one is repeated.',
  },
  'delivery.warnAfter': {
    label: 'Tell the sender after',
    sentence: 'A time such as 4h. The sender learns that the message is late; it is still tried.',
  },
  'delivery.giveUpAfter': {
    label: 'Give up after',
    sentence: 'A time such as 5d. The message then goes back to its sender.',
  },
  'delivery.connections': {
    label: 'Connections to one server',
    sentence: 'How many at a time. Some providers refuse more than a few.',
  },
  'delivery.dnsServers': {
    label: 'DNS servers',
    sentence: 'Where names are looked up: this machine’s own servers, or others.',
  },
}
