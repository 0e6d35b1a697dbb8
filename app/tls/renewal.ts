/** The renewal: gets a certificate from an authority when one is due, and tries again where that fails. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { isAbsolute } from 'node:path'
import type { Emit } from '../log/event.ts'
import { readPlainText } from '../settings/plain-file.ts'
import type { Secrets } from '../settings/secrets.ts'
import type { AcmeSettings, Settings } from '../settings/settings.ts'
import { errorText } from '../settings/system-error.ts'
import { acmeFault } from './acme-fault.ts'
import { readAcmeFile, writeAcmeFile } from './acme-file.ts'
import { type ExternalAccount, orderCertificate } from './acme-order.ts'
import { factsOf } from './certificate.ts'
import type { Answering } from './challenge.ts'
import { DnsAnswering } from './dns-challenge.ts'
import { HttpAnswering } from './http-challenge.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
/** Before the end of a certificate that is good for at least three times as long. */
const LEAD = 30 * DAY
/** The name of the account's key in the secret store. */
const ACCOUNT = 'acme account'

/** Some authorities give it in plain base64. */
const BASE64URL = /^[\w+/-]{16,}={0,2}$/

export interface RenewalRules {
  /** Milliseconds between looks whether one is due. */
  readonly every: number
  /** Milliseconds after the first failure; twice as long after each further one, at most a day. */
  readonly again: number
}

export const RENEWAL: RenewalRules = { every: 10 * 60_000, again: HOUR }

export interface RenewalParts {
  readonly folder: string
  readonly settings: () => Settings
  readonly secrets: Secrets
  readonly emit: Emit
  /** Another certificate is there to be used. */
  readonly renewed: () => Promise<void>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** `RENEWAL` where absent. */
  readonly rules?: RenewalRules
}

/** How it stands with the certificate that an authority gives. */
export interface RenewalFacts {
  /** It is being asked for now. */
  readonly busy?: true
  /** When it is asked for next, milliseconds since the epoch. */
  readonly next?: number
  /** Why the last try failed, in a sentence. */
  readonly failed?: string
}

export class Renewal {
  readonly #parts: RenewalParts
  readonly #rules: RenewalRules
  #timer: NodeJS.Timeout | undefined
  #working: Promise<void> | undefined
  #stop = new AbortController()
  #failures = 0
  #next: number | undefined
  #failed: string | undefined
  /** What the settings wanted when it was last looked, with the account's key. */
  #wanted = ''
  /** Drawn once for each certificate: not all relays ask their authority in the same hour. */
  #chance = Math.random()

  constructor(parts: RenewalParts) {
    this.#parts = parts
    this.#rules = parts.rules ?? RENEWAL
  }

  /** Undefined where the settings have the certificate from elsewhere. */
  get facts(): RenewalFacts | undefined {
    if (this.#parts.settings().certificate.source !== 'acme') return undefined
    return {
      ...(this.#working && { busy: true }),
      ...(this.#next !== undefined && { next: this.#next }),
      ...(this.#failed !== undefined && { failed: this.#failed }),
    }
  }

  start(): void {
    this.#stop = new AbortController()
    this.#timer = setInterval(() => this.look(), this.#rules.every)
    this.look()
  }

  /** Breaks off what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#stop.abort()
    await this.#working
  }

  /** Asks for a certificate where one is due; also where the settings or a secret may have changed. */
  look(): void {
    if (!this.#timer) return
    this.#working ??= this.#look().finally(() => {
      this.#working = undefined
      // What changed meanwhile has been passed over.
      if (this.#wanted !== this.#wantedNow()) this.look()
    })
  }

  /** Asks now, due or not; undefined when there is a new one, else why not. */
  async renewNow(): Promise<string | undefined> {
    await this.#working
    if (!this.#timer || this.#parts.settings().certificate.source !== 'acme')
      return 'Choose an authority for the certificate first.'
    this.#working = this.#renew(this.#parts.settings()).finally(() => {
      this.#working = undefined
    })
    await this.#working
    return this.#failed
  }

  async #look(): Promise<void> {
    const { settings, now } = this.#parts
    const current = settings()
    const wanted = this.#wantedNow()
    if (wanted !== this.#wanted) {
      this.#wanted = wanted
      this.#failures = 0
      this.#failed = undefined
      this.#next = undefined
    }
    if (current.certificate.source !== 'acme') return
    // After a failure the time of the next try is known already.
    if (this.#failures === 0) this.#next = await this.#due(current)
    if ((this.#next ?? 0) <= now()) await this.#renew(current)
  }

  #wantedNow(): string {
    const { settings, secrets } = this.#parts
    return wantedBy(settings(), secrets)
  }

  /** When the one that is there is to be renewed; now where it isn't the one that is wanted. */
  async #due({ certificate: { acme }, hostname }: Settings): Promise<number> {
    const { folder, now } = this.#parts
    const found = await readAcmeFile(folder).catch(() => undefined)
    if (found?.directory !== acme.directory) return now()
    const { names, until } = factsOf(found.certificate)
    if (sorted(names) !== sorted(namesOf(acme, hostname))) return now()
    const lead = Math.min(LEAD, (until - Date.parse(found.certificate.leaf.validFrom)) / 3)
    return until - lead - this.#chance * Math.min(DAY, lead / 10)
  }

  async #renew(settings: Settings): Promise<void> {
    const { acme } = settings.certificate
    const { folder, renewed } = this.#parts
    const answering = answeringOf(acme)
    try {
      const external = externalOf(acme, name => this.#parts.secrets.get(name))
      const given = await orderCertificate({
        directory: acme.directory,
        names: namesOf(acme, settings.hostname),
        ...(acme.email !== undefined && { email: acme.email }),
        ...(external && { external }),
        accountKey: await this.#accountKey(),
        ...(acme.trust !== undefined && { trust: await readTrust(acme.trust) }),
        answering,
        signal: this.#stop.signal,
      })
      await writeAcmeFile(folder, { directory: acme.directory, ...given })
      this.#failures = 0
      this.#failed = undefined
      this.#chance = Math.random()
      this.#next = await this.#due(settings)
      await renewed()
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#fail(error, acme.directory)
    } finally {
      await answering.close()
    }
  }

  #fail(error: unknown, directory: string): void {
    const { emit, now } = this.#parts
    const wait = Math.min(DAY, this.#rules.again * 2 ** Math.min(this.#failures, 20))
    this.#failures += 1
    this.#next = now() + wait * (0.9 + 0.2 * Math.random())
    this.#failed = `No certificate was got from ${new URL(directory).hostname}: ${acmeFault(error)}.`
    emit({ kind: 'warning', text: `${this.#failed} It is tried again by itself.` })
  }

  async #accountKey(): Promise<string> {
    const { secrets } = this.#parts
    const kept = secrets.get(ACCOUNT)
    if (kept !== undefined) return kept
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const made = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    await secrets.set(ACCOUNT, made)
    return made
  }
}

function answeringOf({ challenge, port, dnsCommand = '', dnsWait }: AcmeSettings): Answering {
  if (challenge === 'http-01') return new HttpAnswering(port)
  return new DnsAnswering({ command: dnsCommand, wait: dnsWait })
}

/** Throws where the key isn't there. */
function externalOf(
  { externalAccount: id, externalKey = '' }: AcmeSettings,
  secret: (name: string) => string | undefined,
): ExternalAccount | undefined {
  if (id === undefined) return undefined
  const key = secret(externalKey)?.trim()
  const set = `set it with "postern secret set ${externalKey}"`
  if (key === undefined) throw new Error(`the key of the account id isn't in the secret store: ${set}`)
  if (!BASE64URL.test(key))
    throw new Error(`the key of the account id is no key as authorities give it: ${set}`)
  return { id, key }
}

function namesOf({ names }: AcmeSettings, hostname: string): readonly string[] {
  return names.length > 0 ? names : [hostname]
}

/** Of the key a digest only. */
function wantedBy({ certificate, hostname }: Settings, secrets: Secrets): string {
  const { source, acme } = certificate
  const key = acme.externalKey === undefined ? undefined : secrets.get(acme.externalKey)
  const digest = key !== undefined && createHash('sha256').update(key).digest('base64')
  return JSON.stringify([source, acme, hostname, digest])
}

function sorted(names: readonly string[]): string {
  return [...new Set(names.map(name => name.toLowerCase()))].sort().join(' ')
}

async function readTrust(trust: string): Promise<string> {
  if (!isAbsolute(trust)) return trust
  try {
    return await readPlainText(trust)
  } catch (error) {
    throw new Error(`the file ${trust} that it is to be trusted by can't be read (${errorText(error)})`)
  }
}
