/** Random bytes over the control socket of a whole relay: frames whole, nearly right, in halves and huge. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { type Connection, connectControl } from '../../app/control/client.ts'
import { controlAddressOf } from '../../app/settings/folder.ts'
import { atEnd } from '../support/ending.ts'
import { hostileStrings } from '../support/garbage.ts'
import { startRelay } from '../support/relay.ts'
import { targetOf } from './target.ts'

type Piece =
  /** A line, with its end. */
  | { readonly kind: 'line'; readonly text: string }
  /** Bytes that no line ends, in base64: the next piece goes on with them. */
  | { readonly kind: 'bytes'; readonly base64: string }
  /** A line of so many mebibytes, ended or not. */
  | { readonly kind: 'huge'; readonly mebibytes: number; readonly isEnded: boolean }

interface ControlCase {
  readonly pieces: readonly Piece[]
  /** Bytes of each write. */
  readonly chunk: number
  /** How it goes: with an end, or torn off while answers come. */
  readonly ending: 'end' | 'reset'
}

/** What changes nothing and answers soon. */
const asked = [
  'status',
  'listQueue',
  'findMessages',
  'getSettings',
  'listUsers',
  'history',
  'showMessage',
  'explain',
]
const names = fc.oneof(
  fc.constantFrom(...asked),
  fc.constantFrom(
    'constructor',
    '__proto__',
    'toString',
    '$close',
    'onEvent',
    'subscribe',
    'then',
    '',
    'x'.repeat(65),
  ),
)
const args = fc.oneof(
  fc.constantFrom<unknown>(
    [],
    [{}],
    [''],
    ['smtp'],
    [{ limit: 1 }],
    [{ client: '10.0.0.1', to: 'a@b.example' }],
    {},
    null,
    'x',
  ),
  fc.array(
    fc.oneof(
      fc.jsonValue({ depthSize: 'small' }),
      fc.constantFrom(...hostileStrings.filter(one => one.length < 1000)),
    ),
    { maxLength: 3 },
  ),
)
const frame = fc.record(
  {
    t: fc.constantFrom<unknown>('q', 'q', 'q', 'q', 'q', 's', 'x', 1, null),
    i: fc.oneof(
      { weight: 9, arbitrary: fc.string({ maxLength: 64 }) as fc.Arbitrary<unknown> },
      { weight: 1, arbitrary: fc.constantFrom<unknown>(1, null, 'x'.repeat(65), {}) },
    ),
    m: names,
    a: args,
    o: fc.constantFrom<unknown>(true, false, 1),
    extra: fc.constant(1),
  },
  { requiredKeys: ['t', 'i', 'm', 'a'] },
)
/** Mostly without what may be left out. */
const likely = frame.map(({ t, i, m, a, ...rest }) =>
  JSON.stringify('extra' in rest && 'o' in rest ? { t, i, m, a, ...rest } : { t, i, m, a }),
)
const line = fc.oneof(
  { weight: 6, arbitrary: likely },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '{',
      'null',
      '[]',
      '"x"',
      'EHLO x',
      '{"t":"q","t":"s","i":"1","m":"status","a":[]}',
      '['.repeat(5000),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue().map(value => JSON.stringify(value)) },
)
const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 200, arbitrary: line.map(text => ({ kind: 'line', text }) as const) },
  {
    weight: 15,
    arbitrary: fc
      .uint8Array({ maxLength: 20 })
      .map(bytes => ({ kind: 'bytes', base64: Buffer.from(bytes).toString('base64') }) as const),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('huge' as const),
      mebibytes: fc.integer({ min: 1, max: 66 }),
      isEnded: fc.boolean(),
    }),
  },
)
const cases: fc.Arbitrary<ControlCase> = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 12 }),
  chunk: fc.constantFrom(1, 7, 64, 65_536, 1_000_000),
  ending: fc.constantFrom('end', 'end', 'end', 'reset'),
})

const MEBIBYTE = 1024 ** 2

function bytesOf({ pieces }: ControlCase): Buffer {
  return Buffer.concat(
    pieces.map(one => {
      if (one.kind === 'line') return Buffer.from(`${one.text}\n`)
      if (one.kind === 'bytes') return Buffer.from(one.base64, 'base64')
      return Buffer.concat([
        Buffer.alloc(one.mebibytes * MEBIBYTE, 'x'),
        Buffer.from(one.isEnded ? '\n' : ''),
      ])
    }),
  )
}

/** The ids that must be answered, up to the first line that is no call and ends the connection. */
function answeredIds(bytes: Buffer): { readonly ids: readonly string[]; readonly isBroken: boolean } {
  const ids: string[] = []
  const lines = bytes.toString('latin1').split('\n').slice(0, -1)
  for (const text of lines) {
    const id = idOf(Buffer.from(text, 'latin1'))
    if (id === undefined) return { ids, isBroken: true }
    if (id.isAnswered) ids.push(id.i)
  }
  return { ids, isBroken: false }
}

function idOf(text: Buffer): { readonly i: string; readonly isAnswered: boolean } | undefined {
  try {
    const frame: Record<string, unknown> = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
    const { t, i, m, a, o, ...others } = frame
    const isRight =
      t === 'q' &&
      isShort(i) &&
      i !== '' &&
      isShort(m) &&
      Array.isArray(a) &&
      Object.keys(others).length === 0
    if (!isRight || !(o === undefined || typeof o === 'boolean')) return undefined
    return { i, isAnswered: o !== true }
  } catch {
    return undefined
  }
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 64
}

/** Milliseconds for all that one connection asked, and for a good request beside it. */
const PATIENCE = 20_000
/** Bytes of memory that may be taken beyond those at the beginning: two of the longest lines, in both ends, and their text. */
const MEMORY = 700 * MEBIBYTE

export const controlTarget = targetOf<ControlCase>({
  name: 'control',
  cases,
  open: async ending => {
    const relay = await startRelay(ending)
    const address = await controlAddressOf(relay.folder)
    const good = await connectControl(address)
    if (!good) throw new Error('The relay has no control socket.')
    atEnd(ending, () => good.close())
    const before = used()
    return async given => {
      const bytes = bytesOf(given)
      const said = await converse(address, bytes, given)
      if (given.ending === 'end') isAnswered(bytes, said)
      await stillAnswers(good)
      assert.ok(used() - before < MEMORY, `${used() - before} bytes more are taken`)
      assert.deepEqual(
        relay.events.filter(({ kind }) => kind === 'error'),
        [],
      )
    }
  },
})

function used(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + external + arrayBuffers
}

async function stillAnswers(good: Connection): Promise<void> {
  const late = AbortSignal.timeout(PATIENCE)
  const [status] = await Promise.race([
    Promise.all([good.control.status()]),
    once(late, 'abort').then(() => []),
  ])
  assert.equal(status?.pid, process.pid, 'a good request is answered no more')
}

/** Writes it all; what came back until the relay closed. */
async function converse(address: string, bytes: Buffer, { chunk, ending }: ControlCase): Promise<Buffer> {
  const socket = connect(address)
  const said: Buffer[] = []
  const isComplete = answersOf(bytes)
  let complete = () => {}
  const answered = new Promise<void>(resolve => {
    complete = resolve
  })
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
  socket
    .on('error', () => undefined)
    .on('data', data => {
      said.push(data)
      if (isComplete(data)) complete()
    })
  await once(socket, 'connect')
  // Small writes of megabytes would take minutes, and say nothing more.
  const step = bytes.length > 10_000 ? Math.max(chunk, 65_536) : chunk
  for (let at = 0; at < bytes.length && socket.writable; at += step) {
    if (!socket.write(bytes.subarray(at, at + step)))
      await Promise.race([once(socket, 'drain').catch(() => undefined), closed])
  }
  const timer = setTimeout(() => socket.destroy(), PATIENCE)
  if (ending === 'reset') socket.destroy()
  // Whoever ends his side is gone for the relay: what he asked before may stay unanswered.
  else if (!isComplete(Buffer.alloc(0))) await Promise.race([answered, closed])
  socket.end()
  await closed
  clearTimeout(timer)
  return Buffer.concat(said)
}

/** Told of what comes in: whether as many lines have come as there are answers. */
function answersOf(bytes: Buffer): (came: Buffer) => boolean {
  const { ids } = answeredIds(bytes)
  let [text, count] = ['', 0]
  return came => {
    const lines = (text + came.toString('latin1')).split('\n')
    text = lines.pop() ?? ''
    // An event is no answer.
    count += lines.filter(one => one.includes('"t":"s"')).length
    return count >= ids.length
  }
}

/** Each call once, by its id, until the connection broke; nothing for what is no call. */
function isAnswered(bytes: Buffer, said: Buffer): void {
  const { ids, isBroken } = answeredIds(bytes)
  const answers = said
    .toString()
    .split('\n')
    .filter(text => text !== '')
    .flatMap(text => {
      const answer: Record<string, unknown> = isBroken ? tolerant(text) : JSON.parse(text)
      return answer['t'] === 's' ? [answer] : []
    })
  for (const { e } of answers) {
    if (e === undefined) continue
    assert.match(String(e), /^[^\r\n]+[.?]$/)
    assert.doesNotMatch(String(e), / {4}at |\[object /)
  }
  const left = [...ids]
  for (const { i } of answers) {
    const at = left.indexOf(String(i))
    assert.ok(at >= 0, `an answer to ${JSON.stringify(i)}, which was never asked`)
    left.splice(at, 1)
  }
  // What was still being answered when the connection broke is lost with it.
  if (!isBroken) assert.deepEqual(left, [])
}

/** The last line may be cut off where the connection broke. */
function tolerant(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
