import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseMail, parseRcpt } from '../../../app/mail/path.ts'
import { formatReply, type Reply } from '../../../app/mail/reply.ts'

const alice = { localPart: 'alice', domain: 'd' }
const plain = { reversePath: alice, body: '7bit', smtpUtf8: false }

function takesMail(line: string, expected: object): void {
  assert.deepEqual(parseMail(line), { ok: true, command: expected }, line)
}

function takesRcpt(line: string, expected: object, smtpUtf8 = false): void {
  assert.deepEqual(parseRcpt(line, smtpUtf8), { ok: true, command: expected }, line)
}

function refused(result: { ok: true } | { ok: false; reply: Reply }, line: string): string {
  assert.ok(!result.ok, `${JSON.stringify(line)} taken as ${JSON.stringify(result)}`)
  return formatReply(result.reply)
}

function refusesMail(line: string, why: RegExp): void {
  assert.match(refused(parseMail(line), line), why, JSON.stringify(line))
}

function refusesRcpt(line: string, why: RegExp, smtpUtf8 = false): void {
  assert.match(refused(parseRcpt(line, smtpUtf8), line), why, JSON.stringify(line))
}

test('MAIL: takes paths and every parameter', () => {
  takesMail('MAIL FROM:<alice@d>', plain)
  takesMail('mail from:<alice@d>', plain)
  takesMail('MAIL FROM: <alice@d>', plain)
  takesMail('MAIL FROM:  <alice@d>', plain)
  takesMail('MAIL FROM:<alice@d>  ', plain)
  takesMail('MAIL FROM:<alice@d> \t', plain)
  takesMail('MAIL FROM:<>', { ...plain, reversePath: null })
  takesMail('MAIL FROM:<> SIZE=5', { ...plain, reversePath: null, size: 5 })
  takesMail('MAIL FROM:<"alice"@D>', plain)
  takesMail('MAIL FROM:<a@[IPv6:::1]>', { ...plain, reversePath: { localPart: 'a', domain: '[IPv6:::1]' } })
  takesMail('MAIL FROM:<alice@d> SIZE=0', { ...plain, size: 0 })
  takesMail('MAIL FROM:<alice@d> size=007', { ...plain, size: 7 })
  takesMail('MAIL FROM:<alice@d> SIZE=99999999999999999999', { ...plain, size: 1e20 })
  takesMail('MAIL FROM:<alice@d> BODY=7bit', plain)
  takesMail('MAIL FROM:<alice@d> BODY=8BITMIME', { ...plain, body: '8bitmime' })
  takesMail('MAIL FROM:<alice@d> Body=8BitMime', { ...plain, body: '8bitmime' })
  takesMail('MAIL FROM:<alice@d> SMTPUTF8', { ...plain, smtpUtf8: true })
  takesMail('MAIL FROM:<alice@d> RET=FULL', { ...plain, ret: 'FULL' })
  takesMail('MAIL FROM:<alice@d> RET=hdrs', { ...plain, ret: 'HDRS' })
  takesMail('MAIL FROM:<alice@d> ENVID=QQ+2B+20+3D1', { ...plain, envid: 'QQ+ =1' })
  takesMail(`MAIL FROM:<alice@d> ENVID=${'e'.repeat(100)}`, { ...plain, envid: 'e'.repeat(100) })
  takesMail('MAIL FROM:<alice@d> AUTH=<>', plain)
  takesMail('MAIL FROM:<alice@d> AUTH=e+3Dmc2@example.com', plain)
  takesMail('MAIL FROM:<alice@d> AUTH=j+C3+B6rg@d', plain)
  takesMail('MAIL FROM:<alice@d>  SIZE=1   BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x AUTH=<>', {
    reversePath: alice,
    size: 1,
    body: '8bitmime',
    smtpUtf8: true,
    ret: 'HDRS',
    envid: 'x',
  })
})

const noCommand = [
  '',
  'MAIL',
  'MAIL FROM',
  'MAIL FROM:',
  'MAIL alice@d',
  'MAIL FROM alice@d',
  'MAIL FROM <alice@d>',
  'MAIL FROM :<alice@d>',
  'MAIL  FROM:<alice@d>',
  'MAILFROM:<alice@d>',
  ' MAIL FROM:<alice@d>',
  'MAIL TO:<alice@d>',
  'RCPT TO:<alice@d>',
  'MAIL FROM:alice@d',
  'MAIL FROM:\t<alice@d>',
  'MAIL FROM:Alice <alice@d>',
  'MAIL FROM:<alice@d',
  'MAIL FROM:alice@d>',
  'MAIL FROM:<',
  'MAIL FROM:<alice@d>>',
  'MAIL FROM:<alice@d>SIZE=1',
  'MAIL FROM:<alice@d>\tSIZE=1',
  'MAIL FROM:<alice@d>,<bob@d>',
  'MAIL FROM:<alice@d>\0',
  'MAIL FROM:<alice@d>\r\nRCPT TO:<b@d>',
  'MAIL FROM:<">"@d',
]

test('MAIL: what is no command at all is a syntax error', () => {
  for (const line of noCommand) refusesMail(line, /^501 5\.5\.4 The syntax is MAIL FROM:<address>/)
})

test('RCPT: what is no command at all is a syntax error', () => {
  for (const line of noCommand) {
    const asRcpt = line.startsWith('RCPT')
      ? 'MAIL FROM:<a@d>'
      : line.replace('MAIL', 'RCPT').replace('FROM', 'TO')
    if (line !== 'MAIL TO:<alice@d>') refusesRcpt(asRcpt, /^501 5\.5\.4 The syntax is RCPT TO:<address>/)
  }
})

const badPaths: readonly [string, RegExp][] = [
  ['a,b@d', /"," must be quoted/],
  ['a;b@d', /";" must be quoted/],
  ['(c)alice@d', /"\(" must be quoted/],
  ['g:alice@d', /":" must be quoted/],
  ['a b@d', /" " must be quoted/],
  [' ', /not valid/],
  [' a@d', /" " must be quoted/],
  ['<a@d', /"<" can't stand in a local part here$/],
  ['"<a>"@d', /"<" can't stand in a local part here$/],
  ['"> SIZE=1"@d', /">" can't stand in a local part here$/],
  ['a"b@d', /must be quoted/],
  ['"a"b@d', /followed by "@"/],
  ['"a@d', /closing/],
  ['a', /no "@"/],
  ['@d', /before the "@"/],
  ['@[IPv6:::1]', /before the "@"/],
  ['a@', /missing/],
  ['a@d..', /dot/],
  ['a@.', /dot/],
  ['a@d_e', /"_"/],
  ['a@1.2.3.4', /brackets/],
  ['a\0@d', /U\+0000/],
  ['a@d\r\nRCPT TO:x', /U\+000D/],
  ['"a\n"@d', /U\+000A/],
  ['a\u202e@d', /U\+202E/],
  ['a\ufffd@d', /U\+FFFD/],
  ['@a:b@d', /Source routes/],
  ['@a,@b:c@d', /Source routes/],
  ['@local:user@other', /Source routes/],
  ['@[127.0.0.1]:"x y"@d', /Source routes/],
]

test('refuses a path that is no address, with its reason', () => {
  for (const [path, why] of badPaths) {
    refusesMail(`MAIL FROM:<${path}>`, /^553 5\.1\.7 /)
    refusesMail(`MAIL FROM:<${path}> SIZE=1`, why)
    refusesRcpt(`RCPT TO:<${path}>`, /^553 5\.1\.3 /)
    refusesRcpt(`RCPT TO:<${path}> NOTIFY=NEVER`, why)
  }
  refusesMail('MAIL FROM:<postmaster>', /^553 5\.1\.7 .*no "@"/)
  refusesRcpt('RCPT TO:<>', /^553 5\.1\.3 /)
  refusesRcpt('RCPT TO:<"postmaster">', /^553 5\.1\.3 /)
})

test('one dot behind the domain is taken off', () => {
  const domain = 'office.example'
  takesRcpt(`RCPT TO:<u@${domain}.>`, { forwardPath: { localPart: 'u', domain } })
  const mail = parseMail(`MAIL FROM:<"u v"@Office.EXAMPLE.> SIZE=1`)
  assert.deepEqual(mail.ok && mail.command.reversePath, { localPart: 'u v', domain })
})

test('a path that is not ASCII needs SMTPUTF8, a U-label too', () => {
  for (const path of ['jörg@d', '"j ö"@d', 'a@bücher.example']) {
    refusesMail(`MAIL FROM:<${path}>`, /^553 5\.6\.7 /)
    refusesRcpt(`RCPT TO:<${path}>`, /^553 5\.6\.7 /)
    assert.equal(parseMail(`MAIL FROM:<${path}> SMTPUTF8`).ok, true)
    assert.equal(parseRcpt(`RCPT TO:<${path}>`, true).ok, true)
  }
  takesRcpt(
    'RCPT TO:<jörg@bücher.example>',
    { forwardPath: { localPart: 'jörg', domain: 'xn--bcher-kva.example' } },
    true,
  )
})

test('MAIL: parameters that are unknown', () => {
  const table: readonly [string, RegExp][] = [
    ['FOO', /FOO is not supported/],
    ['FOO=1', /FOO is not supported/],
    ['foo=1', /FOO is not supported/],
    ['NOTIFY=NEVER', /NOTIFY is not supported/],
    ['SIZE=1 FOO', /FOO/],
    ['=1', /"=" is not supported/],
    ['=', /"=" is not supported/],
    ['CONSTRUCTOR', /CONSTRUCTOR is not supported/],
    ['__proto__=1', /__PROTO__ is not supported/],
    ['F\x1bOO\0', /F\?OO\? is not supported/],
    ['ſize=1', /\?IZE is not supported/],
    [`${'F'.repeat(900)}=1`, /^555 5\.5\.4 The parameter F{32} is/],
    ['<bob@d>', /<BOB@D> is not supported/],
  ]
  for (const [parameters, why] of table) {
    refusesMail(`MAIL FROM:<alice@d> ${parameters}`, /^555 5\.5\.4 [ -~]{1,100}$/)
    refusesMail(`MAIL FROM:<alice@d> ${parameters}`, why)
  }
})

test('MAIL: parameters that are given twice, or without or with a value', () => {
  const table: readonly [string, RegExp][] = [
    ['SIZE', /SIZE needs a value/],
    ['SIZE=', /SIZE needs a value/],
    ['BODY', /BODY needs a value/],
    ['RET', /RET needs a value/],
    ['RET=', /RET needs a value/],
    ['ENVID', /ENVID needs a value/],
    ['ENVID=', /ENVID needs a value/],
    ['AUTH=', /AUTH needs a value/],
    ['SMTPUTF8=1', /SMTPUTF8 takes no value/],
    ['SMTPUTF8=', /SMTPUTF8 takes no value/],
    ['SIZE=1 SIZE=1', /SIZE is given twice/],
    ['SIZE=1 BODY=7BIT size=2', /SIZE is given twice/],
    ['SMTPUTF8 smtputf8', /SMTPUTF8 is given twice/],
    ['AUTH=<> AUTH=<>', /AUTH is given twice/],
    ['RET=FULL RET=FULL', /RET is given twice/],
    ['ENVID=a envid=b', /ENVID is given twice/],
  ]
  for (const [parameters, why] of table) {
    refusesMail(`MAIL FROM:<alice@d> ${parameters}`, /^501 5\.5\.4 [ -~]{1,100}$/)
    refusesMail(`MAIL FROM:<alice@d> ${parameters}`, why)
  }
})

test('MAIL: bad values', () => {
  for (const parameter of [
    ...['SIZE=x', 'SIZE=-1', 'SIZE=+1', 'SIZE=1.5', 'SIZE=0x10', 'SIZE=1e3', 'SIZE=١', 'SIZE=1\0'],
    'SIZE=100000000000000000000',
    'SIZE=1=2',
    ...['BODY=BINARYMIME', 'BODY=8BIT', 'BODY=7bıt', 'BODY=\t7BIT'],
    ...['RET=BODY', 'RET=FULL,HDRS'],
    ...['ENVID=a+', 'ENVID=a+2', 'ENVID=a+2b', 'ENVID=a+zz', 'ENVID=a=b', 'ENVID=é', 'ENVID=+C3+A9'],
    ...[
      'ENVID=+00',
      'ENVID=+0D+0A',
      'ENVID=+7F',
      'ENVID=+09',
      'ENVID=+E9',
      'ENVID=a\0',
      `ENVID=${'e'.repeat(101)}`,
    ],
    ...['AUTH=a+', 'AUTH=+0D+0A', 'AUTH=a=b', 'AUTH=ö', 'AUTH=+FF', 'AUTH=+C2+85', 'AUTH=+EF+BB+BF'],
  ]) {
    const name = parameter.split('=')[0]
    refusesMail(
      `MAIL FROM:<alice@d> ${parameter}`,
      new RegExp(`^501 5\\.5\\.4 The value of ${name} must be [ -~]+$`),
    )
  }
})

test('RCPT: takes paths and every parameter', () => {
  takesRcpt('RCPT TO:<alice@d>', { forwardPath: alice })
  takesRcpt('rcpt to: <alice@d> ', { forwardPath: alice })
  takesRcpt('RCPT TO:<a%b@d>', { forwardPath: { localPart: 'a%b', domain: 'd' } })
  for (const word of ['postmaster', 'Postmaster', 'POSTMASTER']) {
    takesRcpt(`RCPT TO:<${word}>`, { forwardPath: 'postmaster' })
  }
  takesRcpt('RCPT TO:<postmaster@d>', { forwardPath: { localPart: 'postmaster', domain: 'd' } })
  takesRcpt('RCPT TO:<"a, b"@d> NOTIFY=NEVER', {
    forwardPath: { localPart: 'a, b', domain: 'd' },
    notify: ['NEVER'],
  })
  takesRcpt('RCPT TO:<alice@d> notify=delay,success,Failure', {
    forwardPath: alice,
    notify: ['SUCCESS', 'FAILURE', 'DELAY'],
  })
  takesRcpt('RCPT TO:<alice@d> NOTIFY=DELAY,DELAY', { forwardPath: alice, notify: ['DELAY'] })
  takesRcpt('RCPT TO:<alice@d> ORCPT=rfc822;a+2Bb+20c@d', { forwardPath: alice, orcpt: 'rfc822;a+b c@d' })
  takesRcpt('RCPT TO:<alice@d> ORCPT=x400;/C=de'.replace('=de', '+3Dde'), {
    forwardPath: alice,
    orcpt: 'x400;/C=de',
  })
  takesRcpt('RCPT TO:<alice@d> ORCPT=rfc822;a;b@d NOTIFY=SUCCESS', {
    forwardPath: alice,
    orcpt: 'rfc822;a;b@d',
    notify: ['SUCCESS'],
  })
  takesRcpt('RCPT TO:<alice@d> ORCPT=utf-8;j\\x{F6}rg@d', { forwardPath: alice, orcpt: 'utf-8;j\\x{F6}rg@d' })
  takesRcpt('RCPT TO:<alice@d> ORCPT=utf-8;j\\x{f6}rg@d', { forwardPath: alice, orcpt: 'utf-8;j\\x{f6}rg@d' })
  takesRcpt('RCPT TO:<alice@d> ORCPT=UTF-8;jörg@d', { forwardPath: alice, orcpt: 'UTF-8;jörg@d' }, true)
})

test('RCPT: parameters that are unknown', () => {
  for (const parameters of ['SIZE=1', 'FOO', 'FOO=', 'RET=FULL', 'ENVID=a'])
    refusesRcpt(`RCPT TO:<alice@d> ${parameters}`, /^555 5\.5\.4 .*(SIZE|FOO|RET|ENVID) is not supported/)
})

test('RCPT: parameters that are given twice or without a value', () => {
  for (const parameters of [
    ...['NOTIFY', 'NOTIFY=', 'notify=', 'ORCPT', 'ORCPT='],
    ...['NOTIFY=NEVER NOTIFY=NEVER', 'NOTIFY=NEVER NOTIFY=', 'ORCPT=rfc822;a@d ORCPT=rfc822;a@d'],
  ]) {
    refusesRcpt(
      `RCPT TO:<alice@d> ${parameters}`,
      /^501 5\.5\.4 .*(NOTIFY|ORCPT) (needs a value|is given twice)$/,
    )
  }
})

test('RCPT: bad values', () => {
  for (const parameter of [
    ...[
      'NOTIFY=NEVER,SUCCESS',
      'NOTIFY=DELAY,NEVER',
      'NOTIFY=ALWAYS',
      'NOTIFY=SUCCESS,',
      'NOTIFY=,',
      'NOTIFY=ſuccess',
    ],
    ...[
      'ORCPT=alice@d',
      'ORCPT=rfc822',
      'ORCPT=rfc822;',
      'ORCPT=;a@d',
      'ORCPT=rf c;a',
      'ORCPT=r(c);a@d',
      'ORCPT=é;a@d',
    ],
    ...[
      'ORCPT=rfc822;a+',
      'ORCPT=rfc822;a+2b',
      'ORCPT=rfc822;a=b',
      'ORCPT=rfc822;+0D+0A',
      'ORCPT=rfc822;+00',
    ],
    ...['ORCPT=rfc822;é@d', 'ORCPT=rfc822;+C3+A9@d', `ORCPT=rfc822;${'a'.repeat(494)}`],
    ...['ORCPT=utf-8;ö@d', 'ORCPT=utf-8;a+20', 'ORCPT=utf-8;a=b', 'ORCPT=utf-8;a\\b', 'ORCPT=utf-8;\\x{g}'],
  ]) {
    refusesRcpt(`RCPT TO:<alice@d> ${parameter}`, /^501 5\.5\.4 The value of (NOTIFY|ORCPT) must be [ -~]+$/)
  }
  refusesRcpt('RCPT TO:<alice@d> ORCPT=utf-8;a\u0085', /^501 5\.5\.4 /, true)
  refusesRcpt('RCPT TO:<alice@d> ORCPT=utf-8;a\u202e', /^501 5\.5\.4 /, true)
  refusesRcpt('RCPT TO:<alice@d> ORCPT=rfc822;é@d', /^501 5\.5\.4 /, true)
})

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom('<', '>', '"', '\\', '@', 'a', ':', ' ', '=', 'SIZE', 'NOTIFY=', '+2B', 'é', '\0', ';'),
    )
    .map(parts => parts.join('')),
)

test('never throws, and every reply is one printable line of ASCII', () => {
  fc.assert(
    fc.property(anything, fc.boolean(), (text, smtpUtf8) => {
      for (const start of ['', ':', ':<', ':<a@d>', ':<a@d> ', ':<a@d> ENVID=', ':<a@d> ORCPT=', ':<"']) {
        for (const result of [
          parseMail(text),
          parseMail(`MAIL FROM${start}${text}`),
          parseMail(`MAIL FROM${start}${text}>`),
          parseRcpt(`RCPT TO${start}${text}`, smtpUtf8),
          parseRcpt(`RCPT TO${start}${text}>`, smtpUtf8),
        ]) {
          if (!result.ok) assert.match(formatReply(result.reply), /^5\d\d 5\.\d\.\d [ -~]{1,200}$/)
        }
      }
    }),
    { numRuns: 1000 },
  )
})

test('any quoted local part is found whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), localPart => {
      const quoted = `"${localPart.replace(/["\\]/g, '\\$&')}"`
      // An end in the wrong place would be a wrong syntax, or a parameter that isn't known.
      if (/[<>]/.test(localPart)) {
        const line = `RCPT TO:<${quoted}@d> NOTIFY=NEVER`
        assert.match(
          refused(parseRcpt(line, false), line),
          /^553 5\.1\.3 .*: "[<>]" can't stand in a local part here$/,
        )
        return
      }
      takesRcpt(`RCPT TO:<${quoted}@d> NOTIFY=NEVER`, {
        forwardPath: { localPart, domain: 'd' },
        notify: ['NEVER'],
      })
    }),
    { numRuns: 2000 },
  )
})

test('very long lines are refused without harm', () => {
  for (const text of [
    '"'.repeat(1e6),
    '\\'.repeat(1e6),
    `"${'a'.repeat(1e6)}"@d>`,
    `a@d>${' X=1'.repeat(1e5)}`,
  ]) {
    assert.equal(parseMail(`MAIL FROM:<${text}`).ok, false)
    assert.equal(parseMail(`MAIL FROM:${' '.repeat(1e5)}${text}`).ok, false)
    assert.equal(parseRcpt(`RCPT TO:<a@d>${' '.repeat(1e5)}${text}`, true).ok, false)
  }
})
