/** The columns of an access list in words. */
import type { Option, Options } from './option.ts'

const columns: Options = {
  action: {
    label: 'Restrict',
    sentence: 'Whether a client that matches this row may send to addresses outside.',
    choices: [
      { value: 'allow', label: 'Allow' },
      { value: 'block', label: 'Block' },
    ],
  },
  from: {
    label: 'Address',
    sentence:
      'Which clients the row is for: one address, the first address of a network with its prefix, or a range as in 10.0.0.5-10.0.0.9.',
    more: 'Any is every address there is. Local Nets are the networks this machine stands in, Routers its way to the Internet; both follow the machine.',
  },
  withoutAuthentication: {
    label: 'Allow Unauth',
    sentence: 'Clients that match this row needn’t log on, also where SMTP Authentication is Required.',
    more: 'Tick it for networks where everybody is trusted, such as the office with its printers. Never for Any: that would be an open relay. On a row that names users it has no effect.',
  },
  mendLineEnds: {
    label: 'Mend Lines',
    sentence:
      'Takes lines that end in LF alone from these clients, and mends them. For old devices that know no better.',
    more: 'Mail standards ask for CR and LF at the end of each line, and Postern refuses anything else: servers that disagree on where a message ends let forged mail slip in. Tick it only for the device’s own address, never for another mail server.',
  },
  users: {
    label: 'Users',
    sentence: 'Who may send from these addresses, after logging on. None named: everybody who may log on.',
  },
  comment: { label: 'Comment', sentence: 'For you and who comes after you; it changes nothing.' },
  enabled: { label: 'On', sentence: 'A row that is off is passed over, as if it weren’t there.' },
}

export const rowOptions: Options = Object.fromEntries(
  ['smtp.access', 'globalAccess'].flatMap(list =>
    Object.entries(columns).map(
      ([column, option]) => [`${list}[].${column}`, option] satisfies [string, Option],
    ),
  ),
)
