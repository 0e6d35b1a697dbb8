/** Verifies passwords as sessions ask: a few at a time, and one just found right without the whole cost again. */
import { createHmac, randomBytes } from 'node:crypto'
import { dummyHash, verifyPassword } from './password.ts'

/** `busy`: too many are waiting; the client may try again. */
export type Verdict = 'right' | 'wrong' | 'busy'

/** scrypts at a time: each takes a core and 16 MiB. */
const lanes = 2
const longestQueue = 64

/** Milliseconds and entries that a success is remembered, so that a printer sending each minute costs nothing. */
const memory = 5 * 60_000
const memories = 256
/** Places of one success. */
const mostPlaces = 100

/** A password that was right. */
interface Right {
  readonly until: number
  /** From where, the latest last. */
  readonly places: Set<string>
}

export class PasswordVerifier {
  readonly #now: () => number
  readonly #key = randomBytes(32)
  readonly #dummy = dummyHash()
  /** By HMAC of hash and password: no password is kept, and a new hash makes the memory void. */
  readonly #right = new Map<string, Right>()
  /** Those of owners go first, so that no flood of guesses keeps them out. */
  readonly #owners: (() => void)[] = []
  readonly #others: (() => void)[] = []
  #running = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /**
   * Without a `hash`, for an account that doesn't exist or has no password, it is `wrong` after the same time. `isOwner`: it
   * comes from where the account's owner is known; `from`: where it comes from.
   */
  async verify(password: string, hash: string | undefined, isOwner = false, from = ''): Promise<Verdict> {
    const memo = this.#memo(password, hash ?? this.#dummy)
    const remembered = this.#remembered(memo)
    const queue = isOwner ? this.#owners : this.#others
    // What is put off is compared with nothing that was right elsewhere: it would be a guess that costs nothing.
    const isFull = this.#running >= lanes && queue.length >= longestQueue
    if (remembered && (!isFull || remembered.places.has(from))) {
      addPlace(remembered, from)
      return 'right'
    }
    if (isFull) return 'busy'
    await this.#enter(queue)
    try {
      const right = (await verifyPassword(password, hash ?? this.#dummy)) && hash !== undefined
      if (right) this.#remember(memo, from)
      return right ? 'right' : 'wrong'
    } finally {
      this.#leave()
    }
  }

  /** Whether it was found right a moment ago, from that very place: of what was right elsewhere nothing is told. */
  isRemembered(password: string, hash: string, from: string): boolean {
    return this.#remembered(this.#memo(password, hash))?.places.has(from) ?? false
  }

  #remembered(memo: string): Right | undefined {
    const right = this.#right.get(memo)
    return right && right.until > this.#now() ? right : undefined
  }

  #memo(password: string, hash: string): string {
    return createHmac('sha256', this.#key).update(`${hash}\0${password}`).digest('base64')
  }

  #remember(memo: string, from: string): void {
    this.#right.delete(memo)
    this.#right.set(memo, { until: this.#now() + memory, places: new Set([from]) })
    const [oldest] = this.#right.keys()
    if (this.#right.size > memories && oldest !== undefined) this.#right.delete(oldest)
  }

  #enter(queue: (() => void)[]): Promise<void> | undefined {
    if (this.#running < lanes) {
      this.#running++
      return undefined
    }
    return new Promise(resolve => queue.push(resolve))
  }

  /** The lane goes to the next one in the queues. */
  #leave(): void {
    const next = this.#owners.shift() ?? this.#others.shift()
    if (next) next()
    else this.#running--
  }
}

function addPlace({ places }: Right, from: string): void {
  places.delete(from)
  places.add(from)
  const [oldest] = places
  if (places.size > mostPlaces && oldest !== undefined) places.delete(oldest)
}
