/** The help for who knows VPOP3: where each of its options stands, and which of them aren't here. */
import type { Topic } from './topic.ts'

export const vpop3Topic: Topic = {
  id: 'vpop3',
  title: 'If you know VPOP3',
  words: `
The options have VPOP3’s names. Where they stand:

- **General**: [SMTP, General](smtp/general). Bindings, SMTP Authentication, Do not require SMTP authentication for internal/incoming mail, and SMTP Anti-Relay Protection method. Encryption belongs to each binding: None, TLS (STARTTLS) or SSL.
- **IP Access Restrictions**: [the tab of that name](smtp/access), with Restrict, Type, Address, Prefix, Allow Unauth, Users and Default for your LAN. **Use Global Access Restrictions (if more restrictive)** is below the rows; the global rows are under [Security](security). New is the type Host name; GeoIP is not there.
- **Load Limiting**: [SMTP, Limits](smtp/limits), with the maximum of sessions, in all and from one address.
- **Advanced**: the host name in the banner is under [SMTP, Advanced](smtp/advanced).
- **Mail Senders**: [Mail senders](senders). SMTP relay, SMTP direct and LAN forwarding are the methods of a sender; several servers are tried in turn.
- **Queue viewer**: [Queue](queue), with hold, release and the filter box.
- **Users, local domains and mappings**: [Users](users), where each has his addresses, and [Local mail](local-mail) with local domains, aliases and catch-all.
- **Status** and the **red post box**: [Status](status), and the icon in the tray.

To bring your rows over, paste VPOP3’s list under [Import/Export](tools/exchange), whatever its version.

Not here: Filtering (SMTP rules), Spam Reduction, IDS/IPS, Load Limiting’s bandwidth throttling, POP3 and with it “Require POP3 then SMTP authentication”, refusing by HELO text, Disable DSN support, and the rule about addresses with \`%\`.
`,
}
