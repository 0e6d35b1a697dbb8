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
  'users[].sendAs': {
    label: 'Send as',
    sentence:
      'Mail of this user leaves from this address; answers still go to the one it was written from. Empty: as it is.',
    more: 'For providers that take mail only from addresses they know. It goes before the address of the mail sender. Mail to mailboxes here is never changed.',
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
          'Straight to each recipient’s own mail server. Needs port 25 open to the Internet, which many lines have not: Doctor tries it. Servers inside the office only where the domain is named above.',
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
        sentence: 'Encrypted where the server can, or its domain asks for it; else in the clear.',
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
    sentence: 'Most providers want you to sign in before they take mail.',
  },
  'delivery.routes[].login.user': { label: 'User name', sentence: 'As your provider gave it to you.' },
  'delivery.routes[].login.secret': {
    label: 'Kept under the name',
    sentence: 'Senders with the same name here use the same password, or the same sign-in.',
  },
  'delivery.routes[].login.method': {
    label: 'Kind of sign-in',
    sentence: 'With a password, or with OAuth2.',
    choices: [
      { value: 'password', label: 'Password', sentence: 'The one that your provider gave you.' },
      {
        value: 'oauth2',
        label: 'OAuth2',
        sentence: 'You sign in once in a browser and allow it; Microsoft and Google ask for this.',
      },
    ],
  },
  'delivery.routes[].login.provider': {
    label: 'Provider',
    sentence: 'Who signs you in.',
    choices: [
      {
        value: 'microsoft',
        label: 'Microsoft 365',
        sentence: 'Server smtp.office365.com:587, with STARTTLS.',
      },
      { value: 'google', label: 'Google', sentence: 'Server smtp.gmail.com:587, with STARTTLS.' },
      {
        value: 'other',
        label: 'Another',
        sentence: 'One that tells its addresses by OpenID Connect Discovery.',
      },
    ],
  },
  'delivery.routes[].login.tenant': {
    label: 'Directory (tenant)',
    sentence: 'Its domain or id. Where it is empty, the domain of the user name.',
  },
  'delivery.routes[].login.issuer': {
    label: 'Address of the sign-in service',
    sentence: 'As https://login.provider.example; your provider names it its issuer.',
  },
  'delivery.routes[].login.scopes': {
    label: 'What is asked for (scopes)',
    sentence: 'As your provider names them; offline_access is usual for staying signed in.',
  },
  'delivery.routes[].login.clientId': {
    label: 'Client id',
    sentence: 'Your office registers Postern with the provider once, and gets this id for it. Help says how.',
  },
  'delivery.routes[].login.clientSecret': {
    label: 'Client secret',
    sentence: 'Only where the registration has one, as Google’s do.',
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
  'delivery.routes[].sendAs': {
    label: 'Send as',
    sentence:
      'All mail leaves from this address; answers still go to the one it was written from. Empty: as it is.',
    more: 'For providers that take mail only from the address of the account, such as Microsoft 365 with “SendAsDenied”. The name of who wrote it stays, or else their address stands as the name. A user’s own “Send as” goes before it.',
  },
  'delivery.dkim': {
    label: 'DKIM signatures',
    sentence:
      'Lets others check that mail is really from your domain; so they take it for spam less often. The key stays here, its record goes into the DNS.',
  },
  'delivery.dkim[].domain': {
    label: 'Domain',
    sentence: 'Mail from addresses in this domain is signed, and in those below it without a key.',
  },
  'delivery.dkim[].selector': {
    label: 'Selector',
    sentence: 'The name that the key has in the DNS of its domain.',
  },
  'delivery.dkim[].secret': {
    label: 'Kept under the name',
    sentence: 'Where the private key is in the secret store, apart from the settings.',
  },
  'delivery.dkim[].enabled': {
    label: 'Sign mail with this key',
    sentence:
      'Off while you exchange it for another, for instance. Before the record stands in the DNS, mail counts as unsigned.',
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
    sentence: 'Where mail servers and host names are looked up: this machine’s own servers, or others.',
  },
}
