/** The moods of a next hop: everything it can do wrong, one at a time, at a stage that chance chooses. */
import type { Random } from './disk-crash.ts'
import {
  type Break,
  DROP,
  GARBAGE,
  type HopAnswer,
  type HopScript,
  KEPT,
  type NextHop,
  RESET,
  SILENCE,
  TAKEN,
  TAKEN_GARBAGE,
  TAKEN_RESET,
} from './next-hop.ts'

export type Mood =
  | 'well'
  | 'hangs'
  | 'drops'
  | 'takes and drops'
  | 'takes and hangs'
  | 'talks nonsense'
  | 'says 20 MB'
  | 'is slow'
  | 'says later'
  | 'says never'
  | 'breaks TLS'
  | 'resets'
  | 'garbles TLS'
  | 'breaks off mid-content'
  | 'is away'

export const moods: readonly Mood[] = [
  'well',
  'hangs',
  'drops',
  'takes and drops',
  'takes and hangs',
  'talks nonsense',
  'says 20 MB',
  'is slow',
  'says later',
  'says never',
  'breaks TLS',
  'resets',
  'garbles TLS',
  'breaks off mid-content',
  'is away',
]

/** The beginnings of what it is told, `.` at the end of a content; the greeting is `''`. */
const stages = ['', 'EHLO', 'MAIL', 'RCPT', 'DATA', '.', 'RSET'] as const
type Stage = (typeof stages)[number]

const nonsense = ['', 'hello', '999 what', '25', '250-never\r\n999 ends', '\0\xff\xfe\x80', '-1 no', '250']

/** What a hop in this mood answers; `undefined` is what it would answer anyhow. */
export function answerIn(mood: Mood, random: Random): (command: string) => HopAnswer | undefined {
  const stage = pick(stages, random)
  const bad = badAnswer(mood, random)
  return command => (bad !== undefined && stageOf(command) === (bad.at ?? stage) ? bad.answer : undefined)
}

interface Bad {
  /** Where it isn't at any stage. */
  readonly at?: Stage | 'STARTTLS'
  readonly answer: HopAnswer
}

function badAnswer(mood: Mood, random: Random): Bad | undefined {
  switch (mood) {
    case 'hangs':
      return { answer: SILENCE }
    case 'drops':
      return { answer: DROP }
    case 'takes and drops':
      return { at: '.', answer: pick<Break>([TAKEN, TAKEN_RESET, TAKEN_GARBAGE], random) }
    case 'takes and hangs':
      return { at: '.', answer: KEPT }
    case 'talks nonsense':
      return { answer: pick(nonsense, random) }
    case 'says 20 MB':
      return { answer: `250 ${'x'.repeat(20 * 2 ** 20)}` }
    case 'is slow':
      return {
        at: pick(['', 'EHLO', 'MAIL', '.'] as const, random),
        answer: { drip: '250 2.0.0 at last', every: 40 },
      }
    case 'says later':
      return { answer: '451 4.3.0 Later' }
    case 'says never':
      return { at: pick(['MAIL', 'RCPT', 'DATA', '.'] as const, random), answer: '550 5.7.1 Never' }
    case 'breaks TLS':
      return { at: 'STARTTLS', answer: '220 2.0.0 go on\r\n\x16\x03\x01 no TLS at all' }
    case 'resets':
      return { answer: RESET }
    case 'garbles TLS':
      return { answer: GARBAGE }
    case 'breaks off mid-content':
    case 'well':
    case 'is away':
      return undefined
  }
}

/** Bytes of a content after which it may break off, at most. */
const MOST_BEFORE_BREAK = 60_000

/** Where a hop in this mood ends the connection within a content. */
function midContentIn(mood: Mood, random: Random): HopScript['midContent'] {
  if (mood !== 'breaks off mid-content') return undefined
  const after = random() * MOST_BEFORE_BREAK
  const how = pick<Break>([DROP, RESET, GARBAGE], random)
  return length => (length > after ? how : undefined)
}

function stageOf(command: string): string {
  return command === '.' || command === '' ? command : (command.split(/[ :]/)[0] ?? '')
}

export function pick<Value>(values: readonly Value[], random: Random): Value {
  return values[Math.floor(random() * values.length)] as Value
}

/** `is away` is the only one in which nothing listens. What is connected stays so unless `cut`. */
export async function putInMood(hop: NextHop, mood: Mood, random: Random, cut: boolean): Promise<void> {
  const { midContent: _, ...script } = hop.script
  const midContent = midContentIn(mood, random)
  hop.script = { ...script, answer: answerIn(mood, random), ...(midContent && { midContent }) }
  if (cut || mood === 'is away') await hop.stop()
  if (mood !== 'is away') await hop.start()
}
