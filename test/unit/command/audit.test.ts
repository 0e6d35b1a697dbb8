/** `postern audit`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditFinding } from '../../../app/control/control.ts'
import { run } from '../../support/command.ts'
import { MemoryControl } from '../../support/memory-control.ts'

const shadowed: AuditFinding = {
  kind: 'shadowed',
  list: 'service',
  row: 3,
  text: 'Row 3 can never decide: row 2 above it takes all its addresses.',
  mend: 'Remove row 3. Who can send stays as it is.',
}

function controlWith(findings: readonly AuditFinding[], openRelay = false): MemoryControl {
  const control = new MemoryControl()
  const line = { permission: 'after-login', isOpen: false, ranges: [], rangeCount: 0 } as const
  control.audited = {
    ...control.audited,
    openRelay,
    ...(openRelay && { open: '8.0.0.0/8' }),
    lines: [{ ...line, who: 'The rest of the Internet', words: 'support, after logging on', rows: [2] }],
    internalLines: [{ ...line, who: 'Everybody', words: 'anyone, without logging on', rows: [] }],
    findings,
  }
  return control
}

test('the map, the verdict and the findings are printed; no open relay gives 0', async () => {
  const { status, out } = await run(['audit'], controlWith([shadowed]))
  assert.equal(status, 0)
  assert.equal(
    out,
    [
      'This is no open relay: no address of the Internet can send without logging on.',
      '',
      'Who can send to addresses outside',
      '  The rest of the Internet: support, after logging on (row 2)',
      'Who can send to your own users',
      '  Everybody: anyone, without logging on',
      '',
      'from     to                                       can send outside',
      '0.0.0.0  255.255.255.255                          support, after logging on',
      '::       ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff  nobody',
      '',
      '1 finding',
      '  1. Row 3 can never decide: row 2 above it takes all its addresses.',
      '     Remove row 3. Who can send stays as it is. (postern audit --fix 1)',
      '',
    ].join('\n'),
  )
})

test('an open relay gives 1, with its addresses', async () => {
  const { status, out } = await run(['audit'], controlWith([], true))
  assert.equal(status, 1)
  assert.match(out, /^This is an open relay: anyone can send without logging on from 8\.0\.0\.0\/8\.\n/)
  assert.match(out, /\nNothing to mend\.\n$/)
})

test('the JSON holds what is promised', async () => {
  const { status, out } = await run(['audit', '--json'], controlWith([shadowed], true))
  assert.equal(status, 1)
  const { openRelay, ranges, findings } = JSON.parse(out)
  assert.equal(openRelay, true)
  assert.deepEqual(ranges[0], {
    first: '0.0.0.0',
    last: '255.255.255.255',
    relay: 'after-login',
    users: ['support'],
  })
  assert.deepEqual(ranges[1].users, null)
  assert.deepEqual(findings, [shadowed])
})

test('a service that is off is told first, and stands in the JSON', async () => {
  const control = controlWith([])
  control.audited = { ...control.audited, off: true }
  const { status, out } = await run(['audit'], control)
  assert.equal(status, 0)
  assert.match(
    out,
    /^The SMTP service is off: nobody can send now\.\nAll that follows is what the list allows once the service is on\.\n\nThis is no open/,
  )
  assert.equal(JSON.parse((await run(['audit', '--json'], control)).out).off, true)
})

test('of a long list nothing is cut silently, and the JSON holds every range', async () => {
  const control = controlWith([])
  const range = { last: '255.255.255.255', relay: 'never', users: null } as const
  const ranges = Array.from({ length: 1700 }, (_, at) => ({ ...range, first: `0.0.${at >> 8}.${at & 255}` }))
  control.moreRanges = ranges
  control.audited = {
    ...control.audited,
    ...{ ranges: ranges.slice(0, 500), rangeCount: 1700, lineCount: 9, internalLineCount: 3 },
  }
  const { out } = await run(['audit'], control)
  assert.match(out, /\n {2}… and 8 more\.\nWho can send to your own users\n.*\n {2}… and 2 more\.\n/)
  assert.match(out, /\n… and 1660 ranges more; --json prints all\.\n/)
  const found = JSON.parse((await run(['audit', '--json'], control)).out)
  assert.deepEqual(found.ranges, ranges)
  assert.deepEqual([found.lineCount, found.internalLineCount], [9, 3])
})

test('--fix makes the change of one finding, and says what it does', async () => {
  const control = controlWith([{ ...shadowed, row: 9 }, shadowed])
  const { status, out } = await run(['audit', '--fix', '2'], control)
  assert.equal(status, 0)
  assert.deepEqual(control.mended, [{ kind: 'shadowed', list: 'service', row: 3 }])
  assert.deepEqual(control.changers, ['command line'])
  assert.equal(out, 'Remove row 3. Who can send stays as it is.\nsmtp.access[2]: removed\n')
})

test('--fix of a finding that is not there says so and changes nothing', async () => {
  for (const [findings, words] of [
    [[], /nothing to mend/],
    [[shadowed], /no finding 2: give a number from 1 to 1/],
  ] as const) {
    const control = controlWith(findings)
    const { status, err } = await run(['audit', '--fix', '2'], control)
    assert.equal(status, 1)
    assert.match(err, words)
    assert.deepEqual(control.mended, [])
  }
  for (const wrong of ['0', '-1', 'x', '1.5', '']) {
    assert.equal((await run(['audit', `--fix=${wrong}`], controlWith([shadowed]))).status, 2, wrong)
  }
})
