/** The help about mail on its way, and about looking after the server. */
import type { Topic } from './topic.ts'

export const runningTopics: readonly Topic[] = [
  {
    id: 'leaving',
    title: 'How mail leaves',
    words: `
[Mail senders](senders) are read from the top: the first whose domains match the recipient takes the mail. \`*\` matches every domain, so that sender stands last.

- **SMTP relay (smart host)** is your provider’s mail server. You need its name, its port (usually 587), and the user name and password they gave you. Write several servers to have them tried in turn.
- **SMTP direct (MX)** goes straight to each recipient’s own mail server. It needs a line that may send on port 25, and an address that others trust.
- **LAN forwarding (LMTP)** hands mail to a server in the office that keeps mailboxes.
- **Hold** keeps mail in the queue until you decide.

Without a sender mail is **held**, not lost: as soon as there is one, it goes out by itself.

**Send a test** really sends a short message, and shows what the two servers said to each other.
`,
  },
  {
    id: 'queue',
    title: 'The queue',
    words: `
Mail waits in the [Queue](queue) when the next server doesn’t answer or says “try later”. It is tried again by itself: soon at first, then less often. The sender is told when it takes long, and gets the message back when it can’t be delivered at all; the times stand under [Mail senders](senders).

Below the other server’s answer stands **what it means**, why, and what to do, with the button that opens the place that mends it, and the document that says so. The same stands behind **What to do?** in the [Log](log), and in the report to the sender. What can’t pass by itself, such as a refused sign-in, stands on [Status](status) too.

- **waiting**: will be tried at the time shown. **Retry now** tries it at once.
- **held**: stays until **Release**. You held it, or no mail sender takes it.
- **Remove** deletes for good, and nobody is told.

The last reply is the other server’s, in its own words. \`4xx\` means later, \`5xx\` means no.
`,
  },
  {
    id: 'local-mail',
    title: 'Addresses here',
    words: `
Mail to a [local domain](local-mail) is yours. It comes to the **user** who has the address, to everybody an **alias** names, or to the **catch-all** of the domain. What nobody takes is refused at once, so that the sender knows.

A user can have several addresses. **Forward to** sends the mail elsewhere too; with **Keep a copy here** off it goes there only.

Have an alias \`postmaster\`: others report trouble to that address.
`,
  },
  {
    id: 'encryption',
    title: 'Encryption and the certificate',
    words: `
**TLS** keeps others from reading mail and passwords on their way. There are two forms: **STARTTLS** begins in the clear and switches to encryption (ports 25 and 587), **SSL** is encrypted from the first byte (port 465).

For both the server shows a **certificate**. Postern makes one at its first start. It encrypts as well as any other, but mail programs can’t know who made it, and ask once. A certificate from an authority, for the public name of this server, saves them the question: choose on the [Security](security) page that one is got by itself, or name the files of your own. A new one is used at once, and nobody is disconnected.

Only TLS 1.2 and 1.3 are spoken. For a **scanner or printer** of before 2010 that can’t, add a binding in [SMTP](smtp/general) with a private address of this machine, and tick **For old devices**: TLS from 1.0 on, or none, and for your own networks alone.
`,
  },
  {
    id: 'looking-after',
    title: 'Looking after it',
    words: `
The icon in the tray shows how it stands: a plain post box is running; with a letter, mail waits to go out; full, mail is held and needs you; crossed, no mail is taken. Closing the window leaves Postern running.

[Status](status) lists what needs you, each with the button that mends it. [Doctor](tools/doctor) checks ports, certificate, names, mail senders, rights, disk and clock.

Everything is in one folder, which [Security](security) names: settings, mail on its way, mailboxes, log. To keep a copy or to move to another machine, quit Postern and copy the folder whole.

The command \`postern\` does all of this too: \`postern --help\` lists what it can.
`,
  },
  {
    id: 'words',
    title: 'Words',
    words: `
- **Client**: the machine that hands mail to this server.
- **Session**: one conversation with a client.
- **Relaying**: taking mail for an address outside, to pass it on.
- **Log on, authentication**: a client says its user name and password before it sends.
- **Smart host**: a mail server that takes your mail and delivers it.
- **MX**: the entry in the DNS that says which server takes a domain’s mail.
- **Network, prefix**: 192.168.1.0 with the prefix 24 is every address from 192.168.1.0 to 192.168.1.255.
- **Binding**: an address and port on which this server listens.
- **Deferred**: the other server said “later”; it is tried again.
- **Report, DSN**: the message that tells a sender what became of the mail. Its own sender is empty, so that reports never answer each other.
`,
  },
]
