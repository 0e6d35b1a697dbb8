/** Bad input: every encoding and line end, and files made to cost time or memory. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LONGEST_FILE } from '../../../app/exchange/decode.ts'
import { DIALECTS } from '../../../app/exchange/dialect.ts'
import { MOST_ROWS, readList } from '../../../app/exchange/read.ts'
import { read, rowsOf, said } from './lists.ts'

const list = 'NOGLOBAL\n10.0.0.0 255.0.0.0 noauth\n192.168.1.7 müller\n'
const rows = ['allow 10.0.0.0/8 noauth', 'allow 192.168.1.7 - müller']

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes).swap16()
}

const wide = Buffer.from(list, 'utf16le')
const encodings: [string, Buffer][] = [
  ['UTF-8', Buffer.from(list)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${list}`)],
  ['UTF-16 LE with a mark', Buffer.from(`\ufeff${list}`, 'utf16le')],
  ['UTF-16 BE with a mark', swapped(Buffer.from(`\ufeff${list}`, 'utf16le'))],
  ['UTF-16 LE without', wide],
  ['UTF-16 BE without', swapped(wide)],
]
for (const [name, bytes] of encodings) {
  test(`encoding: ${name}`, () => {
    assert.deepEqual(rowsOf(read(bytes)), rows)
    assert.deepEqual(said(read(bytes)), [])
  })
}

test('Latin-1 is read and told, also line by line in a file that is UTF-8 else', () => {
  const mixed = Buffer.concat([Buffer.from(list), Buffer.from('10.0.0.8 müller\n', 'latin1')])
  const imported = read(mixed)
  assert.deepEqual(rowsOf(imported), [...rows, 'allow 10.0.0.8 - müller'])
  assert.match(said(imported)[0] ?? '', /^line 4: This line is not UTF-8/)
})

test('a file that began as UTF-8, with its mark, and got other letters later', () => {
  const mark = Buffer.from([0xef, 0xbb, 0xbf])
  const imported = read(Buffer.concat([mark, Buffer.from('10.0.0.8 müller\n', 'latin1')]), 'vpop3-1.5')
  assert.deepEqual(rowsOf(imported), ['allow 10.0.0.8 - müller'])
  assert.deepEqual(
    imported.remarks.map(({ line, lost }) => [line, lost]),
    [[1, false]],
  )
})

for (const end of ['\n', '\r\n', '\r']) {
  test(`lines of two encodings, ended by ${JSON.stringify(end)}: each is read as what it is`, () => {
    const [utf8, latin1] = [`10.0.0.1 müller€${end}`, `10.0.0.2 müller${end}`]
    const lines = [
      Buffer.from(utf8),
      Buffer.from(latin1, 'latin1'),
      Buffer.from(utf8),
      Buffer.from(latin1, 'latin1'),
    ]
    const imported = read(Buffer.concat(lines), 'vpop3-1.5')
    assert.deepEqual(rowsOf(imported), [
      'allow 10.0.0.1 - müller€',
      'allow 10.0.0.2 - müller',
      'allow 10.0.0.1 - müller€',
      'allow 10.0.0.2 - müller',
    ])
    assert.deepEqual(
      imported.remarks.filter(({ text }) => /not UTF-8/.test(text)).map(({ line }) => line),
      [2, 4],
    )
  })

  test(`line ends: ${JSON.stringify(end)}, and mixed ones`, () => {
    assert.deepEqual(rowsOf(read(list.replaceAll('\n', end))), rows)
    assert.deepEqual(rowsOf(read(`NOGLOBAL${end}10.0.0.0 255.0.0.0 noauth\n\r\n192.168.1.7 müller\r`)), rows)
  })
}

test('control characters and endless lines are told', () => {
  const imported = read(`NOGLOBAL\n10.0.0.1\u0000\n10.0.0.2\n${'x'.repeat(5000)}\n`)
  assert.deepEqual(rowsOf(imported), ['allow 10.0.0.2'])
  assert.deepEqual(
    imported.remarks.map(({ line, lost }) => [line, lost]),
    [
      [2, true],
      [4, true],
    ],
  )
})

const bad: [string, Buffer, RegExp][] = [
  ['a ZIP file', Buffer.from('PK\u0003\u0004xxxx'), /packed/],
  ['a 7z file', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), /packed/],
  ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), /packed/],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]), /UTF-32/],
  ['half of UTF-16', Buffer.from([0xff, 0xfe, 0x41]), /damaged, or no text/],
  ['too much', Buffer.alloc(LONGEST_FILE + 1, 0x20), /over 16 MiB/],
]
for (const [name, bytes, problem] of bad) {
  test(`refused as a whole: ${name}`, () => {
    const understood = readList([{ name: 'x', bytes }])
    assert.ok(!understood.ok)
    assert.match(understood.problem, problem)
  })
}

/** Milliseconds of the processor and bytes that an import costs at most here: several times what was measured. */
const TIME = 5000
const MEMORY = 500 * 1024 ** 2

function bounded(bytes: Buffer, dialect?: (typeof DIALECTS)[number]) {
  const before = process.memoryUsage().heapUsed
  const start = process.cpuUsage()
  const understood = readList([{ name: 'x', bytes }], dialect)
  const { user, system } = process.cpuUsage(start)
  const taken = (user + system) / 1000
  assert.ok(taken < TIME, `${taken} ms`)
  assert.ok(process.memoryUsage().heapUsed - before < MEMORY)
  return understood
}

const most = MOST_ROWS + 1000

test('100,000 rows at once are taken; of more, the ones over the limit are told', () => {
  assert.ok(MOST_ROWS >= 100_000)
  const lines = Array.from({ length: most }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255} noauth`)
  const understood = bounded(Buffer.from(`NOGLOBAL\n${lines.join('\n')}`))
  assert.ok(understood.ok)
  assert.equal(understood.imported.entries.length, MOST_ROWS)
  assert.match(
    said(understood.imported)[0] ?? '',
    new RegExp(
      `^! line ${MOST_ROWS + 2}: There are over ${MOST_ROWS} rows: the ${most - MOST_ROWS} from here on`,
    ),
  )
})

test('100,000 bad rows: 500 are listed, all are counted', () => {
  const understood = bounded(Buffer.from('Allow Nothing\n'.repeat(100_000)))
  assert.ok(understood.ok)
  assert.equal(understood.imported.lostCount, 100_000)
  assert.equal(understood.imported.remarks.length, 500)
})

const hostile: [string, string, (typeof DIALECTS)[number]][] = [
  ['blanks', `Allow${' '.repeat(3990)}x\n`.repeat(2000), 'vpop3-3'],
  ['dashes', `Allow ${'- '.repeat(1900)}\n`.repeat(2000), 'vpop3-3'],
  ['hashes', `${' #'.repeat(1900)}\n`.repeat(2000), 'vpop3-1.5'],
  ['bars', `${'|'.repeat(3900)}\n`.repeat(2000), 'vpop3-5'],
  ['tags', '<a '.repeat(3_000_000), 'hmailserver'],
  ['blanks in a tag', `<a${' '.repeat(8_000_000)}`, 'hmailserver'],
  ['attributes', `<a ${Array.from({ length: 500_000 }, (_, n) => `a${n}="1"`).join(' ')}/>`, 'hmailserver'],
  ['entities', `<a b="${'&amp;'.repeat(1_500_000)}"/>`, 'hmailserver'],
  ['comments', '<!-- '.repeat(2_000_000), 'hmailserver'],
  [
    'names in main.cf',
    `${Array.from({ length: 100_000 }, (_, n) => `a${n} = $a${n + 1}`).join('\n')}\nmynetworks = $a0\n`,
    'postfix',
  ],
  ['line ends', '\n'.repeat(LONGEST_FILE), 'vpop3-1.5'],
  ['control characters', '\u0000\n'.repeat(LONGEST_FILE / 2), 'vpop3-3'],
  ['one line', 'x'.repeat(10 * 1024 ** 2), 'vpop3-3'],
  ['one line of main.cf', `mynetworks = ${'{ '.repeat(5 * 1024 ** 2)}`, 'postfix'],
  ['short words of main.cf', `mynetworks = ${'a '.repeat(90_000)}\n  `.repeat(80), 'postfix'],
  ['comments in main.cf', '# x\na = 1\n'.repeat(1_000_000), 'postfix'],
  ['deep elements', '<Backup>'.repeat(2_000_000), 'hmailserver'],
  [
    'ranges',
    `<Backup><SecurityRanges>${'<SecurityRange Name="x" LowerIP="10.0.0.0" UpperIP="10.0.0.9" Priority="1" Options="1"/>'.repeat(150_000)}</SecurityRanges></Backup>`,
    'hmailserver',
  ],
  [
    'an entity bomb',
    `<!DOCTYPE a [${Array.from({ length: 30 }, (_, n) => `<!ENTITY e${n + 1} "&e${n};&e${n};">`).join('')}]><Backup>&e30;</Backup>`,
    'hmailserver',
  ],
  ['exceptions in mynetworks', `mynetworks = ${'!10.0.0.1 10.0.0.0/8 '.repeat(100_000)}\n`, 'postfix'],
]
for (const [name, text, dialect] of hostile) {
  test(`bounded: ${name}`, () => void bounded(Buffer.from(text), dialect))
}

test('bounded: lines of two encodings in turn', () => {
  const pair = Buffer.concat([Buffer.from('10.0.0.1 ü\n'), Buffer.from('10.0.0.1 ü\n', 'latin1')])
  bounded(Buffer.alloc(LONGEST_FILE, pair), 'vpop3-1.5')
  bounded(Buffer.alloc(LONGEST_FILE, Buffer.from('ü\r', 'latin1')), 'vpop3-1.5')
})

test('no bytes make any reader throw', () => {
  const dialect = fc.constantFrom(undefined, ...DIALECTS)
  const word = fc.constantFrom(
    'allow',
    'Any',
    '!',
    '#',
    '\n',
    '\r',
    '\t',
    ' ',
    '|',
    '0',
    '10.0.0.0/8',
    '255.0.0.0',
    '<',
    '>',
    '"',
    '&',
    '=',
    '$',
    'mynetworks',
    '\u0000',
    'ä',
    '::',
    '-',
    'SecurityRange',
  )
  const text = fc.array(word, { maxLength: 60 }).map(words => Buffer.from(words.join('')))
  const bytes = fc.oneof(text, fc.uint8Array({ maxLength: 200 }))
  const property = fc.property(
    bytes,
    dialect,
    (some, named) => void readList([{ name: 'x', bytes: some }], named),
  )
  fc.assert(property, { numRuns: 3000 })
})
