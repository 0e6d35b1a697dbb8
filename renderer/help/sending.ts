/** The help about who may send through this server. */
import type { Topic } from './topic.ts'

export const sendingTopics: readonly Topic[] = [
  {
    id: 'start',
    title: 'What Postern does',
    words: `
Programs, printers and colleagues hand their mail to Postern. It puts mail for **your own addresses** into mailboxes here, and passes **all other mail** on to a mail sender, which is usually your provider’s server.

What it has accepted is safe on the disk before it says so, and stays there until it is delivered, sent back or removed by you.

To set it up, in this order:

- [Local mail](local-mail): write the domain behind the @ of your addresses.
- [Users](users): add everybody who has an address here, or who sends from outside the office.
- [Mail senders](senders): say how mail leaves, and send a test.
- [IP Access Restrictions](smtp/access): look at who may send.

Nothing you type takes effect until you press **Apply**. Until then it is a draft: **Review** shows it in words, **Discard** forgets it. After Apply, [History](tools/history) takes every change back by one click.
`,
  },
  {
    id: 'who-may-send',
    title: 'Who may send',
    words: `
A server that sends mail for anybody is called an **open relay**. Spammers find one within hours, and other servers then refuse all your mail. So Postern sends to addresses outside only for whom you allow.

[IP Access Restrictions](smtp/access) is a list of rows, read **from the top: the first row that matches the client’s address decides**, and no later one is tried. No row matches: no. The order matters; move a row with the mouse, or with **Alt** and the up and down arrows.

- **Block Routers** stands first: a router can pass on mail from the Internet that then seems to come from the router itself.
- **Allow Local Nets** lets the computers in your own network send.
- A row for **Any** stands last. Name **Users** in it, so that only they can send from elsewhere, after logging on.

**Allow Unauth** on a row means that its clients needn’t log on where [SMTP Authentication](smtp/general) is Required. Tick it for your own network with its printers, never for Any.

Mail **to your own users** is accepted from everywhere, whatever the rows say: that is how mail comes in.

To see what would be answered, write an address into **Try an address** above the rows; it answers by your draft while you type.
`,
  },
  {
    id: 'directly',
    title: 'Sending without a provider',
    words: `
With **SMTP direct (MX)** as the method of a [mail sender](senders), each message goes to the mail server that the recipient’s domain names in the DNS, the best one first.

- The line must let connections out at **port 25**. Many providers block it: [Doctor](tools/doctor) tries it, and says so.
- Other servers look at who you are: this server’s name must be found in the DNS, with the same address the other way round; ask your provider for it.
- Encryption is used wherever the other server offers it. Where its domain demands it (MTA-STS, DANE), mail waits rather than go without.
- Mail is never taken to an address inside your network because a stranger’s DNS says so. For a domain whose server stands in the office, write the domain into **For recipients in**.
`,
  },
  {
    id: 'on-the-road',
    title: 'People at home and on the road',
    words: `
Their addresses change, so only a name and password can tell who they are.

- [Users](users): each of them needs an account with a good password.
- [General](smtp/general): set **SMTP Authentication** to Required, and leave **Do not require SMTP authentication for internal/incoming mail** ticked.
- [IP Access Restrictions](smtp/access): tick **Allow Unauth** on the row for Local Nets, so that the office goes on as before; then add a row **Allow Any** at the end and pick those users.
- In their mail program: this server’s public name, port 587 or 465, encryption on, “my server requires authentication” on, and the account’s name and password.

Your router must pass the port on to this machine.
`,
  },
  {
    id: 'devices',
    title: 'Printers, scanners and programs',
    words: `
Give the device this server’s **address in the local network**, such as 192.168.1.10, and port 25. Most need neither a user name nor a password inside the office. “Copy device settings” in the menu of the tray icon puts the values into the clipboard.

**A trap:** a machine in the office that uses the office’s public name or address goes out to the router and comes back in. It then arrives with the router’s address and is refused. Give it the local address instead.

A device that must log on but knows no encryption: see **Log on without encryption** under [General](smtp/general).
`,
  },
  {
    id: 'real-sender',
    title: 'Providers that refuse your addresses, and mail taken for spam',
    words: `
Some providers take mail only from the address that signs in, and refuse a scanner’s or a colleague’s: Microsoft 365 says **SendAsDenied**. Write that address into **Send as** under More at the [mail sender](senders), or at one [user](users). The name of who wrote it stays, answers still go to them, and so do reports of failure. Mail to mailboxes here is never changed.

Others believe mail from your domain more readily when it is **signed** (DKIM). Under [Security](security) make a key, copy its record, and put it into the DNS where your domain is kept, which is often the provider of your web site. **Check the DNS** says whether it stands there; that may take an hour. The key itself never leaves this machine.
`,
  },
  {
    id: 'refused',
    title: 'When something is refused',
    words: `
Open the [Log](log), find the refusal (there is a box “Only refusals”), and press **Why?**. It names the row that decided and what to do. [Explain](tools/explain) answers the same for any client you describe.

- \`550 5.7.1\` Relaying is not permitted: the row that matches the client’s address blocks it, or none matches. Logging on would not help.
- \`530 5.7.0\` Log on first: a row lets some users send from there. Switch on authentication in the mail program.
- \`535\` Authentication failed: wrong name or password, or the account is not in use.
- \`550 5.1.1\` No such user: the address is in one of your domains, but no user, alias or catch-all takes it.
- \`552 5.2.3\` Message too large: see [Limits](smtp/limits).
- \`421\` Too many connections: see [Limits](smtp/limits).
- \`421\` or \`454\` Too many errors or failed log-ons: the address is blocked or slowed for a time by [IDS/IPS](smtp/ids). [Security](security) shows who is blocked and why, and unblocks. Often it is a device with an old password: mend that first.

Not every refusal is a fault. Strangers try every server on the Internet; their refusals show that the door is locked.
`,
  },
]
