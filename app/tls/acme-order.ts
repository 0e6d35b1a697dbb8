/** An order for a certificate at an authority (RFC 8555), as acme-client runs it within limits of ours. */
import type { Agent } from 'node:https'
import { rootCertificates } from 'node:tls'
import type { Client } from 'acme-client'
import type { Answering } from './challenge.ts'
import { ASKING } from './strength.ts'

export interface Order {
  /** The address of the authority's directory. */
  readonly directory: string
  readonly names: readonly string[]
  readonly email?: string
  /** The account at the authority itself that ours is bound to. */
  readonly external?: ExternalAccount
  /** PEM. */
  readonly accountKey: string
  /** PEM of an authority to trust at the directory, besides the system's. */
  readonly trust?: string
  readonly answering: Answering
  /** Breaks it off. */
  readonly signal: AbortSignal
}

/** RFC 8555 section 7.3.4. */
export interface ExternalAccount {
  readonly id: string
  /** In base64url. */
  readonly key: string
}

export interface Given {
  /** PEM. */
  readonly key: string
  /** PEM: the certificate, and those that signed it. */
  readonly chain: string
}

const EXTERNAL = /external.?account/i
const CUSTOMERS_ONLY =
  'it gives certificates to customers only: write the id and the key of your account there'

/** Milliseconds for one answer, and for all of it. */
const ANSWER = 30_000
const WHOLE = 10 * 60_000

/** Rejects with an error whose message says in a few words what went wrong. A person agreed to the terms of service. */
export async function orderCertificate(order: Order): Promise<Given> {
  const agent = await agentFor(order)
  const ends = AbortSignal.any([order.signal, AbortSignal.timeout(WHOLE)])
  const over = new Promise<never>((_, reject) => {
    const end = () =>
      reject(
        new Error(order.signal.aborted ? 'it was broken off' : 'the authority took longer than ten minutes'),
      )
    if (ends.aborted) end()
    ends.addEventListener('abort', end, { once: true })
  })
  const run = request(order, agent, ends).catch(error => {
    if (!(error instanceof TypeError)) throw error
    throw agent.why ?? new Error('it is silent')
  })
  return Promise.race([run, over])
}

async function request(order: Order, agent: Agent, signal: AbortSignal): Promise<Given> {
  const { directory, names, email, external, accountKey, answering } = order
  // It is large, and needed once in two months.
  const acme = await import('acme-client')
  const { defaults } = acme.axios
  defaults.timeout = ANSWER
  defaults.signal = signal
  defaults.httpsAgent = agent
  // Our own patience is counted in hours.
  Object.assign(defaults, { acmeSettings: { retryMaxAttempts: 1, retryDefaultDelay: 1 } })
  const client = new acme.Client({
    directoryUrl: directory,
    accountKey,
    ...(external && { externalAccountBinding: { kid: external.id, hmacKey: external.key } }),
    backoffAttempts: 30,
    backoffMin: 500,
    backoffMax: 10_000,
  })
  const key = await acme.crypto.createPrivateEcdsaKey('P-256')
  const [first = ''] = names
  const [, csr] = await acme.crypto.createCsr(
    { altNames: [...names], ...(first.length <= 64 && { commonName: first }) },
    key,
  )
  await openAccount(client, email).catch(error => {
    // The library hands on the authority's words alone, without the kind of the problem.
    const isWanted = external === undefined && error instanceof Error && EXTERNAL.test(error.message)
    throw isWanted ? new Error(CUSTOMERS_ONLY) : error
  })
  const chain = await client.auto({
    csr,
    // From here it can't be seen what the authority sees.
    skipChallengeVerification: true,
    challengePriority: [answering.kind],
    challengeCreateFn: (authorization, { type, token }, answer) => {
      if (type !== answering.kind) throw new Error(`the authority offers no ${answering.kind} for ${first}`)
      return answering.answer({ name: authorization.identifier.value, token, answer })
    },
    challengeRemoveFn: (authorization, { token }, answer) =>
      answering.forget({ name: authorization.identifier.value, token, answer }),
  })
  return { key: key.toString(), chain }
}

/** The account of our key, made where the authority knows none (RFC 8555 section 7.3.1). */
async function openAccount(client: Client, email: string | undefined): Promise<void> {
  const contact = email === undefined ? {} : { contact: [`mailto:${email}`] }
  // The library would send one that is there already the terms again, which isn't allowed.
  const found = await client.createAccount({ onlyReturnExisting: true }).catch(() => undefined)
  if (!found) await client.createAccount({ termsOfServiceAgreed: true, ...contact })
  else if (email !== undefined && !found.contact?.includes(`mailto:${email}`))
    await client.updateAccount(contact)
}

interface RememberingAgent extends Agent {
  /** Why there was no connection: the library forgets it, and fails over that. */
  why: Error | undefined
}

async function agentFor({ trust }: Order): Promise<RememberingAgent> {
  // Needed once in two months, and the start takes longer with it.
  const { Agent } = await import('node:https')
  class Remembering extends Agent implements RememberingAgent {
    why: Error | undefined

    override createConnection(...given: Parameters<Agent['createConnection']>) {
      const socket = super.createConnection(...given)
      socket?.once('error', (error: Error) => {
        this.why = error
      })
      return socket
    }
  }
  return new Remembering({
    ...ASKING,
    keepAlive: false,
    ...(trust !== undefined && { ca: [...rootCertificates, trust] }),
  })
}
