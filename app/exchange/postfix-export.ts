/** Writes a folder that makes a Postfix decide as these settings do here, or says what Postfix can't express. */
import { rowsMapOf } from '../access/map.ts'
import { formatSpan, parseFrom } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import type { Problem, Settings } from '../settings/settings.ts'
import type { Exported } from './exported.ts'
import { ClassNames, nameProblems } from './postfix-classes.ts'
import { connectTable, internalTable, relayTable } from './postfix-clients.ts'
import { OURS } from './postfix-import.ts'
import { lineEndTable } from './postfix-line-ends.ts'
import { recipientsOf } from './postfix-recipients.ts'

/** `policy` is what the settings come to on this machine now. */
export function exportPostfix(settings: Settings, policy: Policy): Exported {
  const map = rowsMapOf(policy)
  // Who is always blocked is a note's concern: there is no such list there.
  const names = new ClassNames()
  const relay = relayTable(map, names)
  const internal = internalTable(map, names)
  const connect = connectTable(map, { ...policy, blocked: undefined })
  const lineEnds = lineEndTable(map, policy)
  const recipients = recipientsOf(settings, policy.directory)
  const problems = [...hostNameProblems(settings), ...nameProblems(settings.users), ...recipients.problems]
  if (problems.length > 0) return { ok: false, problems }
  const main = [
    ...general(settings),
    '# LF alone ends no line, but from where a row mends it.',
    'smtpd_forbid_bare_newline = reject',
    `smtpd_forbid_bare_newline_exclusions =${lineEnds === undefined ? '' : ' cidr:$config_directory/postern-bare-newline.cidr'}`,
    '# Who receives mail here.',
    ...recipients.lines,
    '# Who may send: the tables cover every address; `530` is said only where logging on would help.',
    ...restrictions(names, internal !== undefined, connect !== undefined),
  ]
  return {
    ok: true,
    files: [
      { name: 'main.cf', text: `${main.join('\n')}\n` },
      { name: 'postern-clients.cidr', text: relay },
      ...(internal === undefined ? [] : [{ name: 'postern-internal.cidr', text: internal }]),
      ...(connect === undefined ? [] : [{ name: 'postern-connect.cidr', text: connect }]),
      ...(lineEnds === undefined ? [] : [{ name: 'postern-bare-newline.cidr', text: lineEnds }]),
      ...names.files(settings.users, settings.hostname),
      ...recipients.files,
    ],
    notes: notesOf(settings, policy),
  }
}

/** Postfix's tables hold addresses, which wouldn't follow the name. */
function hostNameProblems({ smtp, globalAccess }: Settings): readonly Problem[] {
  const lists = [
    ['smtp.access', smtp.access],
    ['globalAccess', smtp.useGlobalAccess ? globalAccess : []],
  ] as const
  return lists.flatMap(([path, rows]) =>
    rows.flatMap(({ from, enabled }, index) => {
      const parsed = parseFrom(from)
      if (!enabled || !parsed.ok || parsed.from.kind !== 'name') return []
      const text = `Postfix can't follow the host name ${from}: write the address that it has, or switch the row off.`
      return [{ path: `${path}[${index}].from`, text }]
    }),
  )
}

function general({ hostname, smtp }: Settings): readonly string[] {
  return [
    `${OURS} It says who may send and who receives; log-ons, TLS and the way out are yours to add.`,
    'compatibility_level = 3.6',
    `myhostname = ${hostname}`,
    `message_size_limit = ${smtp.maxMessageSize}`,
    `smtpd_recipient_limit = ${smtp.maxRecipients}`,
    `smtpd_client_connection_count_limit = ${smtp.maxConnectionsPerClient}`,
    `smtpd_sasl_auth_enable = ${smtp.authentication === 'disabled' ? 'no' : 'yes'}`,
    `smtpd_sasl_local_domain = ${hostname}`,
    `smtpd_tls_auth_only = ${smtp.plaintextAuthentication === 'always' ? 'no' : 'yes'}`,
    '# Addresses are taken as they stand, never unpacked, and nothing below a domain is meant with it.',
    'allow_percent_hack = no',
    'swap_bangpath = no',
    'resolve_dequoted_address = no',
    'recipient_delimiter =',
    'parent_domain_matches_subdomains =',
  ]
}

function restrictions(names: ClassNames, hasInternal: boolean, hasConnect: boolean): readonly string[] {
  const [classes = '', ...bodies] = names.lines
  const all = hasInternal
    ? [classes === '' ? 'smtpd_restriction_classes = postern_internal' : `${classes}, postern_internal`]
    : classes === ''
      ? []
      : [classes]
  return [
    ...all,
    ...bodies,
    ...(hasInternal
      ? [
          'postern_internal =\n    check_client_access cidr:$config_directory/postern-internal.cidr,\n    reject',
        ]
      : []),
    `smtpd_delay_reject = ${hasConnect ? 'no' : 'yes'}`,
    `smtpd_client_restrictions =${hasConnect ? ' check_client_access cidr:$config_directory/postern-connect.cidr' : ''}`,
    'smtpd_helo_restrictions =',
    'smtpd_sender_restrictions =',
    'smtpd_recipient_restrictions =',
    [
      'smtpd_relay_restrictions =',
      'reject_unlisted_recipient,',
      hasInternal
        ? 'check_recipient_access regexp:$config_directory/postern-domains.regexp,'
        : 'permit_auth_destination,',
      'check_client_access cidr:$config_directory/postern-clients.cidr,',
      'reject',
    ].join('\n    '),
  ]
}

function notesOf(settings: Settings, { machine }: Policy): readonly string[] {
  const { users, smtp, delivery } = settings
  const networks = machine.localNetworks.map(formatSpan).join(', ')
  const routers = machine.routers.map(formatSpan).join(', ')
  return [
    `Local networks and routers were written as they are now (${networks || 'none'}; ${routers || 'none'}): Postfix doesn't follow them.`,
    'Set virtual_mailbox_base, virtual_uid_maps and virtual_gid_maps to where the mailboxes are to be.',
    ...(smtp.authentication === 'disabled'
      ? []
      : [
          `Set up SASL with these accounts and no others: ${users.flatMap(({ name, enabled }) => (enabled ? [name] : [])).join(', ') || 'none'}. Passwords can't be handed over: only their hashes are kept here.`,
        ]),
    ...(smtp.authentication !== 'disabled' && smtp.plaintextAuthentication === 'local-networks'
      ? [
          'Log-ons need TLS from everywhere there: Postfix has no way to let local networks alone do without it.',
        ]
      : []),
    'Mail to this server by its IP address in brackets is refused there.',
    ...(smtp.ids.enabled
      ? [
          `Nobody is blocked for guessing there${smtp.ids.alwaysBlock.length > 0 ? ', nor are the addresses that are always blocked here' : ''}: set that up apart.`,
        ]
      : []),
    'LF alone is refused there as here, which takes a Postfix of 2024 or later; a CR alone and NUL, refused here, may be taken there.',
    ...(delivery.routes.length > 0 ? ['The routes were not written: set relayhost or transport_maps.'] : []),
  ]
}
