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

export class PasswordVerifier {
  readonly #now: () => number
  readonly #key = randomBytes(32)
  readonly #dummy = dummyHash()
  /** Until when, by HMAC of hash and password: no password is kept, and a new hash makes the memory void. */
  readonly #right = new Map<string, number>()
  /** Those of owners go first, so that no flood of guesses keeps them out. */
  readonly #owners: (() => void)[] = []
  readonly #others: (() => void)[] = []
  #running = 0

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /**
   * Without a `hash`, for an account that doesn't exist or has no password, it is `wrong` after the same time. `isOwner`: it
   * comes from where the account's owner is known.
   */
  async verify(password: string, hash: string | undefined, isOwner = false): Promise<Verdict> {
    const memo = this.#memo(password, hash ?? this.#dummy)
    if (this.#remembers(memo)) return 'right'
    const queue = isOwner ? this.#owners : this.#others
    if (this.#running >= lanes && queue.length >= longestQueue) return 'busy'
    await this.#enter(queue)
    try {
      const right = (await verifyPassword(password, hash ?? this.#dummy)) && hash !== undefined
      if (right) this.#remember(memo)
      return right ? 'right' : 'wrong'
    } finally {
      this.#leave()
    }
  }

  /** Whether it was found right a moment ago. */
  isRemembered(password: string, hash: string): boolean {
    return this.#remembers(this.#memo(password, hash))
  }

  #remembers(memo: string): boolean {
    return (this.#right.get(memo) ?? 0) > this.#now()
  }

  #memo(password: string, hash: string): string {
    return createHmac('sha256', this.#key).update(`${hash}\0${password}`).digest('base64')
  }

  #remember(memo: string): void {
    this.#right.delete(memo)
    this.#right.set(memo, this.#now() + memory)
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
