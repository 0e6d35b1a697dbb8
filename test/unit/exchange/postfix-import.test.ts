/** Postfix's main.cf and its tables, as an access list. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, rowsOf, said } from './lists.ts'

const head = 'compatibility_level = 3.6\nsmtpd_sasl_auth_enable = yes\n'
const usual =
  'smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated,\n  reject_unauth_destination\n'

test('the usual rules: my networks without a log-on, the others after it', () => {
  const imported = read(`${head}mynetworks = 127.0.0.0/8 [::1]/128\n    192.168.1.0/24, 10.0.0.7\n${usual}`)
  assert.equal(imported.dialect, 'postfix')
  assert.deepEqual(rowsOf(imported), [
    'allow 127.0.0.0/8 noauth',
    'allow ::1 noauth',
    'allow 192.168.1.0/24 noauth',
    'allow 10.0.0.7 noauth',
    'allow any',
  ])
  assert.deepEqual(
    imported.entries.map(({ line }) => line),
    [3, 3, 4, 4, 6],
  )
  assert.deepEqual(imported.smtp, {
    authentication: 'required',
    internalMailWithoutAuthentication: true,
    antiRelay: 'client-address',
    useGlobalAccess: false,
  })
  assert.equal(imported.lostCount, 0)
})

const tables = {
  'clients.cidr':
    '# ours\n10.0.0.1 REJECT no\n10.0.0.2 DUNNO\n10.0.0.0/30 OK\n  \n192.0.2.0/24\n    550 5.7.1 Go away\n2001:db8::/32 permit_sasl_authenticated, reject\n',
}
const table = 'check_client_access cidr:/etc/postfix/clients.cidr'

const cases: [string, string[]][] = [
  [
    `smtpd_relay_restrictions = ${table} permit_sasl_authenticated reject_unauth_destination`,
    [
      'block 10.0.0.1',
      'allow 10.0.0.0/31 noauth',
      'allow 10.0.0.3 noauth',
      'block 192.0.2.0/24',
      'allow 2001:db8::/32',
      'allow any',
    ],
  ],
  [
    `smtpd_relay_restrictions = permit_sasl_authenticated ${table} reject_unauth_destination`,
    [
      'allow 10.0.0.1',
      'allow 10.0.0.0/31 noauth',
      'allow 10.0.0.3 noauth',
      'allow 192.0.2.0/24',
      'allow 2001:db8::/32',
      'allow any',
    ],
  ],
  [
    'mynetworks = !10.0.0.1 10.0.0.0/30\nsmtpd_relay_restrictions = permit_mynetworks reject',
    ['allow 10.0.0.0 noauth', 'allow 10.0.0.2/31 noauth'],
  ],
  [
    'office = 10.0.0.0/8\nmynetworks = $office $(office) 11.0.0.0/8\nsmtpd_relay_restrictions = permit_mynetworks defer_unauth_destination',
    ['allow 10.0.0.0/8 noauth', 'allow 10.0.0.0/8 noauth', 'allow 11.0.0.0/8 noauth'],
  ],
  [
    'mynetworks = cidr:/etc/postfix/clients.cidr\nsmtpd_relay_restrictions = permit_mynetworks, reject',
    [
      'allow 10.0.0.1 noauth',
      'allow 10.0.0.2 noauth',
      'allow 10.0.0.0/30 noauth',
      'allow 192.0.2.0/24 noauth',
      'allow 2001:db8::/32 noauth',
    ],
  ],
  ['smtpd_relay_restrictions = permit_sasl_authenticated', ['allow any noauth']],
  ['mynetworks = 10.0.0.0/8', ['allow 10.0.0.0/8 noauth', 'allow any']],
  ['mynetworks_style = subnet', ['allow local-networks noauth', 'allow any']],
  ['mynetworks_style = host', ['allow 127.0.0.0/8 noauth', 'allow ::1 noauth', 'allow any']],
]
for (const [text, rows] of cases) {
  test(`main.cf: ${text.replaceAll('\n', '; ').slice(0, 110)}`, () => {
    const imported = read(`${head}${text}\n`, 'postfix', tables)
    assert.deepEqual(rowsOf(imported), rows)
    assert.equal(imported.lostCount, 0, JSON.stringify(said(imported)))
  })
}

test('without SASL nobody can log on', () => {
  const imported = read(
    'mynetworks = 10.0.0.0/8\nsmtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated reject_unauth_destination',
  )
  assert.deepEqual(rowsOf(imported), ['allow 10.0.0.0/8 noauth'])
  assert.match(said(imported).join('\n'), /line 2: Nobody can log on/)
})

const lost: [string, RegExp][] = [
  [
    'smtpd_relay_restrictions = permit_tls_clientcerts reject',
    /! line 3: "permit_tls_clientcerts" has nothing like it/,
  ],
  [
    'smtpd_relay_restrictions = check_recipient_access hash:/x reject',
    /! line 3: "check_recipient_access" has nothing/,
  ],
  [
    'smtpd_relay_restrictions = check_client_access hash:/etc/x, reject',
    /! line 3: "hash:\/etc\/x" was not taken: a hash table can't be read here/,
  ],
  [
    'smtpd_relay_restrictions = check_client_access cidr:/etc/none reject',
    /! line 3: The table none is missing/,
  ],
  [
    'mynetworks = 10.0.0.1/8\nsmtpd_relay_restrictions = permit_mynetworks reject',
    /! line 3: mynetworks: "10\.0\.0\.1" is not the start/,
  ],
  [
    'mynetworks = /etc/networks\nsmtpd_relay_restrictions = permit_mynetworks reject',
    /! line 3: mynetworks: "\/etc\/networks" names a file, and files were not read/,
  ],
  [
    'mynetworks = 10.0.0.0/8 !hash:/etc/postfix/networks\nsmtpd_relay_restrictions = permit_mynetworks reject',
    /! line 3: mynetworks: "hash:\/etc\/postfix\/networks" was not taken: a hash table can't be read here/,
  ],
  [
    'smtpd_relay_restrictions = check_client_access cidr:{ {10.0.0.0/8 OK} } reject',
    /! line 3: "cidr:\{ \{10\.0\.0\.0\/8 OK\} \}" was not taken: write what stands within the braces/,
  ],
  [
    'mynetworks = $nobody\nsmtpd_relay_restrictions = permit_mynetworks reject',
    /! line 3: What "\$nobody" stands for isn't set/,
  ],
  [
    'smtpd_client_restrictions = reject_rbl_client zen.example\nsmtpd_relay_restrictions = reject',
    /! line 3: smtpd_client_restrictions was not taken/,
  ],
  ['rubbish\nsmtpd_relay_restrictions = reject', /! line 3: This is no line of main\.cf/],
  [
    'a = $b\nb = $a\nmynetworks = $a\nsmtpd_relay_restrictions = permit_mynetworks reject',
    /! line 4: The names with \$ here lead to others without end/,
  ],
]
for (const [text, remark] of lost) {
  test(`told by line: ${text.replaceAll('\n', '; ').slice(0, 80)}`, () => {
    const imported = read(`${head}${text}\n`, 'postfix')
    assert.match(said(imported).join('\n'), remark)
    assert.ok(imported.lostCount > 0)
  })
}

test('what stands twice, as before Postfix 2.10, is taken once', () => {
  const again = usual.replace('relay', 'recipient')
  const imported = read(`${head}mynetworks = 10.0.0.0/8\n${usual}${again}`)
  assert.equal(imported.lostCount, 0)
  assert.match(
    said(imported).join('\n'),
    /smtpd_recipient_restrictions \(lines 6-7\) says the same of relaying once more/,
  )
  const other = read(`${head}mynetworks = 10.0.0.0/8\n${usual}smtpd_recipient_restrictions = reject\n`)
  assert.equal(other.lostCount, 1)
})

const filters = '  reject_rbl_client zen.spamhaus.org\n  check_policy_service inet:127.0.0.1:10023\n'
const ownOnly = (by: string) =>
  `What stands here behind ${by} concerns mail to its own domains only, which Postern takes from everybody; it was left out.`
const neverLooked = 'What stands here behind the end of the restrictions is never looked at.'

test('what only mail to its own domains comes to is told line by line, and not said to be never looked at', () => {
  const linesOf = (text: string, sentence: string) => {
    const { remarks, lostCount } = read(`${head}mynetworks = 10.0.0.0/8\n${text}`)
    assert.equal(lostCount, 0)
    return remarks.filter(one => one.text === sentence).map(({ line }) => line)
  }
  assert.deepEqual(linesOf(`${usual}${filters}`, ownOnly('reject_unauth_destination')), [6, 7])
  const again = usual.replace('relay', 'recipient').replace('reject_unauth', 'defer_unauth')
  assert.deepEqual(linesOf(`${usual}${again}${filters}`, ownOnly('defer_unauth_destination')), [8, 9])
  const ended = usual.replace('reject_unauth_destination', 'reject')
  assert.deepEqual(linesOf(`${ended}${filters}`, neverLooked), [6, 7])
  const settled = usual.replace('permit_mynetworks', 'permit_mynetworks, permit_auth_destination')
  assert.deepEqual(linesOf(`${settled}${filters}`, neverLooked), [6, 7])
})

test('each line of a table that would refuse mail to its own domains too is told', () => {
  const imported = read(
    `${head}smtpd_relay_restrictions = ${table} permit_sasl_authenticated reject_unauth_destination`,
    'postfix',
    tables,
  )
  assert.deepEqual(
    imported.remarks.filter(({ text }) => text.includes('this would refuse it too')).map(({ text }) => text),
    ['Postern takes mail for its own domains from everybody; this would refuse it too. So would lines 6, 8.'],
  )
})

test('smtpd_recipient_restrictions decide where the other list lets everybody through', () => {
  const own = 'mynetworks = 10.0.0.0/8\nsmtpd_recipient_restrictions = permit_mynetworks, reject\n'
  for (const [other, why] of [
    ['smtpd_relay_restrictions =', 'refuses nobody'],
    ['smtpd_relay_restrictions = permit', 'refuses nobody'],
    ['', 'is not set, and compatibility_level is below 1'],
  ]) {
    const imported = read(`${own}${other}\n`, 'postfix')
    assert.deepEqual(rowsOf(imported), ['allow 10.0.0.0/8 noauth'], other)
    assert.equal(imported.lostCount, 0)
    assert.ok(said(imported).join('\n').includes(`smtpd_relay_restrictions ${why}: smtpd_recipient`), other)
  }
  const both = read(`${own}smtpd_relay_restrictions = permit_sasl_authenticated, reject\n`, 'postfix')
  assert.equal(both.lostCount, 1)
})

test('two empty lists, with which Postfix takes no mail, let nobody in', () => {
  const imported = read('smtpd_relay_restrictions =\n', 'postfix')
  assert.match(said(imported).join('\n'), /! line 1: Postfix takes no mail like this/)
  assert.deepEqual(rowsOf(imported), [])
})

test('a table is told by its own lines', () => {
  const imported = read(`${head}smtpd_relay_restrictions = ${table} reject`, 'postfix', {
    'clients.cidr': '10.0.0.0/8 OK\nif 10.0.0.0/8\n10.0.0.0/8 FILTER x:y\nhost.example OK\n',
  })
  assert.deepEqual(rowsOf(imported), ['allow 10.0.0.0/8 noauth'])
  assert.deepEqual(
    imported.remarks.filter(one => one.lost).map(({ file, line }) => `${file} ${line}`),
    ['clients.cidr 2', 'clients.cidr 3', 'clients.cidr 4'],
  )
})

test('what stands within a condition of a table is not taken without it', () => {
  const imported = read(`${head}smtpd_relay_restrictions = ${table} reject`, 'postfix', {
    'clients.cidr':
      'if 10.1.0.0/16\n10.0.0.0/8 OK\nif 10.1.1.0/24\n10.1.1.1 OK\nendif\nendif\n10.9.0.0/16 OK\n',
  })
  assert.deepEqual(rowsOf(imported), ['allow 10.9.0.0/16 noauth'])
  assert.deepEqual(
    imported.remarks.filter(one => one.lost).map(({ line }) => line),
    [1, 2, 3, 4, 5, 6],
  )
})

test('names that double at each step end soon', () => {
  const bomb = Array.from({ length: 60 }, (_, n) => `a${n} = $a${n + 1} $a${n + 1}`).join('\n')
  const start = process.cpuUsage()
  const imported = read(`${head}${bomb}\na60 = 10.0.0.1\nmynetworks = $a0\n${usual}`)
  assert.ok(process.cpuUsage(start).user < 2_000_000)
  assert.ok(imported.lostCount > 0)
})

test('what mynetworks excludes is cut out of what comes after it, and told where that is too late', () => {
  const before = read(`${head}mynetworks = !10.0.0.4/30, 10.0.0.0/29\n${usual}`)
  assert.deepEqual(rowsOf(before).slice(0, 1), ['allow 10.0.0.0/30 noauth'])
  assert.deepEqual(said(before), [])
  const after = read(`${head}mynetworks = 10.0.0.0/29, !10.0.0.4/30\n${usual}`)
  assert.deepEqual(rowsOf(after).slice(0, 1), ['allow 10.0.0.0/29 noauth'])
  assert.match(said(after).join('\n'), /^line 3: What is excluded here never is/m)
})
