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
        sentence: 'Your provider’s mail server takes it on from here.',
      },
      {
        value: 'mx',
        label: 'SMTP direct (MX)',
        sentence:
          'Straight to each recipient’s own mail server. Needs port 25 open to the Internet, which many lines have not.',
      },
      {
        value: 'lmtp',
        label: 'LAN forwarding (LMTP)',
        sentence: 'To a server in the office that keeps mailboxes.',
      },
      {
        value: 'hold',
        label: 'Hold',
        sentence: 'Kept in the queue until you choose another way, or release it.',
      },
    ],
  },
  'delivery.routes[].hosts': {
    label: 'Servers',
    sentence: 'Tried in turn until one answers, as smtp.provider.example:587.',
  },
  'delivery.routes[].port': {
    label: 'Port of the mail servers',
    sentence: 'Mail servers of the Internet listen on 25, and so it is where nothing is written here.',
  },
  'delivery.routes[].senders': {
    label: 'Only mail from',
    sentence: 'Addresses or domains of the sender. From anybody where it is empty.',
  },
  'delivery.routes[].users': {
    label: 'Only mail of the users',
    sentence: 'Whoever logged on with these names. Of anybody, logged on or not, where it is empty.',
  },
  'delivery.routes[].encryption': {
    label: 'Encryption',
    sentence: 'How mail is kept from being read on its way to that server.',
    choices: [
      { value: 'none', label: 'None', sentence: 'Who watches the network can read the mail.' },
      {
        value: 'starttls-if-offered',
        label: 'STARTTLS if there',
        sentence: 'Encrypted where the server can; else in the clear.',
      },
      {
        value: 'starttls-required',
        label: 'STARTTLS required',
        sentence: 'Always encrypted, usual on port 587; where that fails, mail waits.',
      },
      { value: 'tls', label: 'SSL', sentence: 'Encrypted from the first byte, usual on port 465.' },
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
      { value: 'never', label: 'Never', sentence: 'The password goes over an encrypted connection only.' },
      {
        value: 'local-networks',
        label: 'To servers in local networks',
        sentence: 'Only for a server in your own network that knows no encryption.',
      },
    ],
  },
  'delivery.routes[].trust': {
    label: 'Certificate to trust',
    sentence:
      'Only for a server whose certificate no public authority has signed: where its PEM file is on this machine.',
  },
  'delivery.routes[].limits.connections': {
    label: 'Connections at a time',
    sentence:
      'For this sender’s servers, where they take fewer than all others. As for all where it is empty.',
  },
  'delivery.routes[].limits.messagesPerMinute': {
    label: 'Messages a minute',
    sentence:
      'Providers often allow only so many; the others wait their turn. Not limited where it is empty.',
  },
  'delivery.routes[].limits.recipientsPerMessage': {
    label: 'Recipients of one message',
    sentence: 'A message to more goes in several parts. 100 where it is empty.',
  },
  'delivery.copyBouncesToPostmaster': {
    label: 'Copy of bounces to the postmaster',
    sentence:
      'The postmaster’s mailbox here gets the header of each message that is returned to its sender, not its text.',
  },
  'delivery.retry': {
    label: 'Try again after',
    sentence: 'The wait after the first failure, the second, and so on; the last one is repeated.',
  },
  'delivery.warnAfter': {
    label: 'Tell the sender after',
    sentence: 'The sender learns that the message is late; it is still tried. A time such as 4h.',
  },
  'delivery.giveUpAfter': {
    label: 'Give up after',
    sentence: 'The message then goes back to its sender. A time such as 5d.',
  },
  'delivery.connections': {
    label: 'Connections to one server',
    sentence: 'How many at a time. Some providers refuse more than a few.',
  },
  'delivery.alerts.stuckAfter': {
    label: 'Mail is stuck after',
    sentence: 'What waits longer needs you: tray, Status page and a notification say so. A time such as 4h.',
  },
  'delivery.alerts.minimumFreeDisk': {
    label: 'Free disk at least',
    sentence: 'With less room than this where the mail is kept you are told, before no mail can be taken.',
  },
  'delivery.alerts.mailTo': {
    label: 'Tell by mail',
    sentence: 'Who gets a mail when something needs a person, once for each thing. Nobody where it is empty.',
  },
  'delivery.dnsServers': {
    label: 'DNS servers',
    sentence: 'Where names are looked up: this machine’s own servers, or others.',
  },
}
