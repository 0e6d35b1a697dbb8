/** The options of the SMTP service in words. */
import type { Options } from './option.ts'

export const smtpOptions: Options = {
  'smtp.enabled': {
    label: 'SMTP service',
    sentence: 'While it is off, no machine can hand in mail; mail in the queue still goes out.',
  },
  'smtp.listeners': {
    label: 'Bindings',
    sentence: 'The addresses and ports on which this server takes mail.',
    more: 'Port 25 is where other mail servers deliver. Mail programs usually send on 587 (STARTTLS) or 465 (SSL). 0.0.0.0 stands for every IPv4 address of this machine, :: for every IPv6 address.',
  },
  'smtp.listeners[].address': {
    label: 'Address',
    sentence: '0.0.0.0 is every IPv4 address of this machine, :: every IPv6 address.',
  },
  'smtp.listeners[].port': { label: 'Port', sentence: '25 for mail servers, 587 or 465 for mail programs.' },
  'smtp.listeners[].encryption': {
    label: 'Encryption',
    sentence: 'Whether what is sent can be read on its way.',
    choices: [
      { value: 'none', label: 'None', sentence: 'Never encrypted: only for machines in the office.' },
      { value: 'starttls', label: 'TLS (STARTTLS offered)', sentence: 'Encrypted if the client wants it.' },
      {
        value: 'starttls-required',
        label: 'TLS (STARTTLS required)',
        sentence: 'The client must begin encryption before it sends.',
      },
      { value: 'tls', label: 'SSL', sentence: 'Encrypted from the first byte, usual on port 465.' },
    ],
  },
  'smtp.listeners[].oldDevices': {
    label: 'For old devices, in local networks only',
    sentence:
      'TLS from 1.0 on, or none, for scanners and printers that know no better. Needs a private address of this machine, such as 192.168.1.10.',
    more: 'TLS 1.0 and its ciphers are no longer sound: who can watch the office’s network may read what such a device sends. So its binding is for that alone: whoever isn’t in Local Nets is refused at once, and all other bindings stay as safe as they are. Where this program can’t speak TLS 1.0, choose None as its encryption.',
  },
  'smtp.authentication': {
    label: 'SMTP Authentication',
    sentence: 'Whether a person must log on with name and password before sending.',
    more: 'With Required, a client must log on before it sends to addresses outside, unless the row that matches it in IP Access Restrictions has Allow Unauth. Choose it when people send from home or on the road: their addresses change, so only a password can tell who they are.',
    choices: [
      { value: 'disabled', label: 'Disabled', sentence: 'Nobody can log on; the address alone decides.' },
      { value: 'allowed', label: 'Allowed', sentence: 'Who likes may log on; the address alone is enough.' },
      {
        value: 'required',
        label: 'Required',
        sentence: 'Who sends to addresses outside must log on, except where a row has Allow Unauth.',
      },
    ],
  },
  'smtp.internalMailWithoutAuthentication': {
    label: 'Do not require SMTP authentication for internal/incoming mail',
    sentence: 'Other mail servers have no account here: without this, mail from the Internet can’t come in.',
    more: 'Internal mail is mail to an address in one of your local domains. Leave this on unless a provider or another program brings all incoming mail.',
  },
  'smtp.antiRelay': {
    label: 'SMTP Anti-Relay Protection method',
    sentence: 'How this server tells who may send mail to addresses outside. It can’t be switched off.',
    more: 'An open relay sends mail for anybody. Spammers find it within hours, and other servers then refuse all your mail.',
    choices: [
      {
        value: 'client-address',
        label: 'Check Client IP Address',
        sentence: 'The rows of IP Access Restrictions decide by the client’s address.',
      },
      {
        value: 'authenticated-users',
        label: 'Authenticated Users Only',
        sentence: 'Sending outside always needs a log-on; the rows decide who may connect at all.',
      },
    ],
  },
  'smtp.plaintextAuthentication': {
    label: 'Log on without encryption',
    sentence: 'From where a password may come unencrypted. It could be read by who watches the network.',
    choices: [
      { value: 'never', label: 'Never', sentence: 'Log-on is offered over TLS or SSL only.' },
      {
        value: 'local-networks',
        label: 'From local networks',
        sentence: 'For old scanners and printers in the office that know no encryption.',
      },
      {
        value: 'always',
        label: 'From everywhere',
        sentence: 'Not advised: passwords cross the Internet in the clear.',
      },
    ],
  },
  'smtp.useGlobalAccess': {
    label: 'Use Global Access Restrictions (if more restrictive)',
    sentence: 'Who sends must then be permitted by these rows and by those on the Security page.',
    more: 'The global rows never let anybody in whom these rows refuse; they can only refuse more.',
  },
  'smtp.access': {
    label: 'IP Access Restrictions',
    sentence: 'The first row whose address matches decides. No row matches: the client can’t send outside.',
  },
  globalAccess: {
    label: 'Global Access Restrictions',
    sentence: 'Rows for every service. They count where the service says so, and only to refuse more.',
  },
  'smtp.maxMessageSize': {
    label: 'Maximum message size',
    sentence:
      'Larger mail is refused. Attachments grow by a third on their way: 25\u00a0MB hold files of about 18\u00a0MB.',
  },
  'smtp.maxRecipients': {
    label: 'Maximum recipients per message',
    sentence: 'Recipients beyond this are refused for now; the client sends to them in a second go.',
  },
  'smtp.maxConnections': {
    label: 'Maximum sessions',
    sentence: 'How many clients can be connected at a time. More are asked to try later.',
  },
  'smtp.maxConnectionsPerClient': {
    label: 'Maximum sessions from one address',
    sentence: 'Keeps one machine that runs wild from taking all the sessions.',
  },
  'smtp.oldDevices.maxConnections': {
    label: 'Maximum sessions of old devices',
    sentence: 'At bindings for old devices, all together. They count among the sessions above too.',
  },
  'smtp.oldDevices.maxConnectionsPerClient': {
    label: 'Maximum sessions from one old device',
    sentence: 'At bindings for old devices.',
  },
  'smtp.maxConnectionsPerNetwork': {
    label: 'Maximum sessions from one network',
    sentence: 'Of strangers: the 256 addresses that begin alike. Your own networks are not held to it.',
  },
  'smtp.reservedShare': {
    label: 'Sessions kept from strangers, percent',
    sentence:
      'Local networks and people who log on still get in when strangers hold all the others; an idle stranger makes room.',
  },
  'smtp.idleTimeout': {
    label: 'Close idle sessions after',
    sentence: 'A time such as 60s or 5m. A client that says nothing for so long is disconnected.',
  },
  'smtp.sessionTimeout': {
    label: 'Close any session after',
    sentence:
      'A time such as 1h. However busy a client is, it must then connect again; a message is let finish.',
  },
  'smtp.commandTimeout': {
    label: 'A command must be whole within',
    sentence:
      'A time such as 5m. Ends sessions of clients that send a byte now and then to hold their place.',
  },
  'smtp.dataTimeout': {
    label: 'A message must be whole within',
    sentence: 'A time such as 2h. The content of one message may take so long, even if it keeps coming.',
  },
  'smtp.minDataRate': {
    label: 'Slowest message, bytes a second',
    sentence:
      'A message that comes more slowly, over the time for idle sessions, ends the session. 0: never.',
  },
  hostname: {
    label: 'Host name in the banner',
    sentence: 'This server’s full name, as it greets with it. Best the name that the Internet knows it by.',
  },
  localNetworks: {
    label: 'Local Nets',
    sentence: 'The networks that count as your own, in rows of the type Local Nets.',
    more: 'Found on this machine’s network cards and followed when they change. Write them yourself when the office has more networks behind other routers.',
  },
  routers: {
    label: 'Routers',
    sentence: 'The routers that rows of the type Routers mean.',
    more: 'A router can pass on mail from the Internet that then seems to come from the router itself. This is why the default rows block it.',
  },
}
