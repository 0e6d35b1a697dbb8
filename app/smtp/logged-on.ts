/** Who logged on in a session, for as long as the account stays what it was, and how often that failed. */
import { isOwnIdentity, isStillThere } from '../access/log-on.ts'
import type { Client } from '../access/network.ts'
import type { Emit, Who } from '../log/event.ts'
import { type Reply, reply } from '../mail/reply.ts'
import type { User } from '../settings/settings.ts'
import { type LogOnParts, logOn } from './log-on.ts'

export interface LoggedOnParts extends LogOnParts {
  readonly emit: Emit
}

/** Wrong passwords in one session, before it ends. */
const MAX_FAILURES = 5

const WRONG = reply(535, '5.7.8', 'User name or password is wrong')
/** RFC 4616 section 2; told only to who knows the password. */
const NOT_AS_ANOTHER = reply(
  535,
  '5.7.8',
  'An account acts for itself only: leave the authorization identity out',
)
const LAST_WRONG = reply(421, '4.7.0', 'Too many failed log-ons; closing the connection')

export class LoggedOn {
  readonly #parts: LoggedOnParts
  readonly #who: Who
  readonly #client: Client
  /** Somebody logged on here. */
  readonly #trust: (session: string) => void
  #account: User | undefined
  #failures = 0

  constructor(parts: LoggedOnParts, who: Who, client: Client, trust: (session: string) => void) {
    this.#parts = parts
    this.#who = who
    this.#client = client
    this.#trust = trust
  }

  /** While the account is still there, enabled and with the same password. */
  get user(): string | undefined {
    const account = this.#account
    return account && isStillThere(this.#parts.settings().users, account) ? account.name : undefined
  }

  /** Forgets it when the account is no longer what it was. */
  stays(): boolean {
    if (this.user === undefined) this.forget()
    return this.#account !== undefined
  }

  forget(): void {
    this.#account = undefined
  }

  /** `identity`: as whom it wants to act; itself where empty. */
  async try(name: string, password: string, identity: string): Promise<Reply> {
    const outcome = await logOn(this.#parts, this.#client, name, password)
    if (outcome.kind === 'busy') return outcome.reply
    if (outcome.kind === 'wrong') return this.#refuse(name, outcome.reply)
    if (identity !== '' && !isOwnIdentity(this.#parts.settings().users, outcome.user, identity))
      return this.#refuse(name, NOT_AS_ANOTHER)
    this.#account = outcome.user
    this.#trust(this.#who.session)
    this.#parts.emit({ kind: 'logged-on', user: outcome.user.name, ...this.#who })
    return reply(235, '2.7.0', 'Authentication successful')
  }

  /** `answered`: what the guard says, in place of the usual. */
  #refuse(name: string, answered: Reply = WRONG): Reply {
    this.#failures++
    const isLast = this.#failures >= MAX_FAILURES && answered.code !== 421
    const told = isLast ? LAST_WRONG : answered
    this.#parts.emit({ kind: 'logon-failed', user: name.slice(0, 100), reply: told, ...this.#who })
    return told
  }
}
