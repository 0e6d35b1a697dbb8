/** The answer to "why?": the same decision that a session takes, with its reasons. */
import { admit, decide, explained } from '../access/decide.ts'
import type { Case, Decision } from '../access/decision.ts'
import type { Place } from '../access/door.ts'
import { findAccount } from '../access/log-on.ts'
import { isOfferedLogOn } from '../access/log-on-offer.ts'
import type { NameFacts } from '../access/name-facts.ts'
import { type Client, parseClient } from '../access/network.ts'
import type { Policy } from '../access/policy.ts'
import { type Address, parseAddress } from '../mail/address.ts'
import { parseRcpt } from '../mail/path.ts'
import type { Settings, User } from '../settings/settings.ts'
import { doorAnswer } from './door-answer.ts'
import { nameSteps } from './name-steps.ts'

/**
 * Throws a sentence where the case can't be understood. `names`: what the host names in rows stand for; `standing`: the
 * listeners of these settings, while they stand.
 */
export function explainAnswer(
  asked: Case,
  policy: Policy,
  { users }: Pick<Settings, 'users'>,
  names: readonly NameFacts[] = [],
  now = 0,
  standing: readonly Place[] = [],
): Decision {
  const client = readClient(asked)
  checkSender(asked)
  const to = readRecipient(asked)
  // Those that stand have the ports that the system chose for them.
  const at = standing.length > 0 ? { ...policy, listeners: standing } : policy
  const door = doorAnswer(at, client, asked.port)
  if (door.decision) return door.decision
  if (typeof to === 'object' && 'reply' in to) {
    const greeting = admit(policy, client)
    return greeting.verdict === 'refuse' ? explained(greeting) : to
  }
  const canLogOn = isOfferedLogOn(at, client, asked.port)
  const { account, step } = asked.user === undefined ? NOBODY : whoIs(users, asked.user, canLogOn, asked.port)
  const decision = explained(decide(policy, client, account, to, canLogOn))
  const before = [
    ...(policy.enabled ? [] : [OFF]),
    ...door.steps,
    ...(step === undefined ? [] : [step]),
    ...nameSteps(policy, client, names, now),
  ]
  return before.length === 0 ? decision : { ...decision, steps: [...before, ...decision.steps] }
}

const OFF = 'The SMTP service is off, so nobody can connect now: this is what holds once it is on.'

interface Who {
  readonly account: string | undefined
  /** What there is to say of the name. */
  readonly step?: string
}

const NOBODY: Who = { account: undefined }

/** Whom a session would take for logged on under that name, had it the right password. */
function whoIs(users: readonly User[], name: string, canLogOn: boolean, port: number | undefined): Who {
  const named = findAccount(users, name)
  const cannot = (why: string): Who => ({
    account: undefined,
    step: `${name} can't log on: ${why}, so nobody is logged on.`,
  })
  switch (named.kind) {
    case 'unknown':
      return cannot('there is no such account')
    case 'disabled':
      return cannot('the account is disabled')
    case 'no-password': {
      const account = named.user.name
      return { account, step: `${account} has no password yet: this is what holds once it has one.` }
    }
    case 'account': {
      const account = named.user.name
      if (!canLogOn)
        return {
          account,
          step: `${port === undefined ? 'No port offers' : `Port ${port} doesn't offer`} this client a log-on without encryption: this is what holds once ${port === undefined ? 'one' : 'it'} does.`,
        }
      return name === account ? { account } : { account, step: `${name} logs on as the account ${account}.` }
    }
  }
}

function readClient({ client }: Case): Client {
  const address = parseClient(client)
  if (!address)
    throw new Error(`"${client}" is not an IP address: give one as in 192.168.1.50 or 2001:db8::5.`)
  return address
}

function checkSender({ from }: Case): void {
  if (from !== undefined && from !== '' && !parseAddress(from).ok)
    throw new Error(`"${from}" is not a mail address: give one as in someone@example.com, or leave it out.`)
}

/** What no session takes for an address is answered as there. */
function readRecipient({ to }: Case): Address | 'postmaster' | Decision {
  if (to.toLowerCase() === 'postmaster') return 'postmaster'
  const parsed = parseAddress(to)
  if (parsed.ok) return parsed.address
  const asked = parseRcpt(`RCPT TO:<${to}>`, true)
  if (asked.ok) throw new Error(`"${to}" is not a mail address (${parsed.problem}).`)
  const steps = [`${to} is no address that SMTP carries: ${parsed.problem}.`]
  return { verdict: 'refuse', reply: asked.reply, list: null, row: null, steps }
}
