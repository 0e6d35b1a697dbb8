/** Answers about the keys that sign mail: made, imported, told, compared with the DNS, and taken out. */
import {
  compareRecord,
  makeKey,
  type RecordState,
  readKey,
  recordName,
  recordOf,
  zoneLine,
} from '../delivery/dkim-key.ts'
import type { RouteContext } from '../delivery/open.ts'
import { Resolver } from '../delivery/resolver.ts'
import { canonicalDomain } from '../mail/address.ts'
import type { Secrets } from '../settings/secrets.ts'
import type { Changer, DeliverySettings, DkimKey, Settings } from '../settings/settings.ts'
import { errorCode } from '../settings/system-error.ts'
import type { Applied, Control } from './control.ts'
import type { DkimChecked, DkimFacts, NewDkim } from './dkim.ts'

export type DkimRequest = 'listDkim' | 'addDkim' | 'checkDkim' | 'removeDkim'

/** What these answers are made from. */
export interface DkimParts {
  readonly store: { readonly current: { readonly settings: Settings } }
  readonly secrets: Secrets
  readonly context: Pick<RouteContext, 'dnsServers'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Whoever changes settings, long lists and all. */
type Changing = Pick<Control, 'setSettings'>

export function dkimAnswers(parts: DkimParts, settings: Changing): Pick<Control, DkimRequest> {
  const keys = () => parts.store.current.settings.delivery.dkim
  return {
    listDkim: async () => keys().map(key => factsOf(key, parts)),
    checkDkim: async () => Promise.all(keys().map(key => checkKey(key, parts))),
    addDkim: (asked, by) => addKey(asked, keys(), parts, list => set(settings, list, by)),
    async removeDkim(domain, selector, by) {
      const rest = keys().filter(key => !isKey(key, domain, selector))
      if (rest.length === keys().length) return refused(`There is no key ${recordName(domain, selector)}.`)
      return set(settings, rest, by)
    },
  }
}

function set(settings: Changing, list: readonly DkimKey[], by: Changer) {
  return settings.setSettings('delivery.dkim', list, by)
}

function isKey(key: DkimKey, domain: string, selector: string): boolean {
  return key.domain === (canonicalDomain(domain) ?? domain) && key.selector === selector.toLowerCase()
}

function refused(text: string): Applied {
  return { ok: false, problems: [{ path: 'delivery.dkim', text }] }
}

/** The secret is kept first, so that no mail waits for it; it goes again where the settings are refused. */
async function addKey(
  asked: NewDkim,
  keys: readonly DkimKey[],
  { secrets, now }: DkimParts,
  apply: (list: readonly DkimKey[]) => Promise<Applied>,
): Promise<Applied> {
  const domain = canonicalDomain(asked.domain) ?? asked.domain
  const selector = (asked.selector ?? freeSelector(domain, keys, now())).toLowerCase()
  if (keys.some(key => isKey(key, domain, selector)))
    return refused(`There is a key ${recordName(domain, selector)} already: choose another selector.`)
  const found = asked.pem === undefined ? undefined : readKey(asked.pem)
  if (typeof found === 'string') return refused(found)
  const secret = freeName(`dkim-${selector}-${domain}`, secrets.names())
  await secrets.set(secret, asked.pem ?? (await makeKey(asked.kind ?? 'rsa')))
  const applied = await apply([...keys, { domain, selector, secret, enabled: true }])
  if (!applied.ok) await secrets.remove(secret)
  return applied
}

/** As in `postern202611`: the next key stands beside it under another name. */
function freeSelector(domain: string, keys: readonly DkimKey[], now: number): string {
  const month = new Date(now).toISOString().slice(0, 7).replace('-', '')
  return freeName(
    `postern${month}`,
    keys.filter(key => key.domain === domain).map(({ selector }) => selector),
  )
}

const LONGEST_NAME = 64

function freeName(wanted: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const end = number === 1 ? '' : `-${number}`
    const name = `${wanted.slice(0, LONGEST_NAME - end.length)}${end}`
    if (!taken.includes(name)) return name
  }
}

function factsOf(key: DkimKey, { secrets }: Pick<DkimParts, 'secrets'>): DkimFacts {
  const record = recordOf(key.domain, key.selector, secrets.get(key.secret))
  return { ...key, ...(record && { record: { ...record, zone: zoneLine(record) } }) }
}

/** Never rejects. */
export async function checkKey(
  key: DkimKey,
  parts: Pick<DkimParts, 'secrets' | 'context'>,
): Promise<DkimChecked> {
  const facts = factsOf(key, parts)
  if (!facts.record) return { ...facts, state: 'no-key', text: missingKeyWords(key) }
  const state = await askDns(facts.record, parts.context.dnsServers())
  return { ...facts, state, text: WORDS[state](facts.record.name) }
}

export function missingKeyWords({ domain, secret }: DkimKey): string {
  return `The key “${secret}” isn't in the secret store, or can't be read, so that mail of ${domain} waits: take this key out and make or import another.`
}

const PUT = 'put the record there as it is shown'

const WORDS: Readonly<Record<RecordState, (name: string) => string>> = {
  stands: name => `The DNS has the record ${name}: whoever gets the mail can check it.`,
  missing: name => `The DNS has no record ${name}: ${PUT}; until then the mail counts as not signed.`,
  other: name =>
    `The DNS has another record ${name} than this key's, so that its signatures are not believed: ${PUT}.`,
  revoked: name =>
    `The record ${name} in the DNS says that the key was withdrawn: ${PUT}, or make another key.`,
  unanswered: name =>
    `The DNS doesn't say whether there is a record ${name}: check this machine's DNS, and try again.`,
}

/** Milliseconds for the DNS, all of its servers. */
const PATIENCE = 20_000

async function askDns(
  { name, value }: { readonly name: string; readonly value: string },
  servers: DeliverySettings['dnsServers'],
): Promise<RecordState> {
  try {
    const { data } = await new Resolver(servers, AbortSignal.timeout(PATIENCE)).find(name, 'TXT')
    return compareRecord(
      value,
      data.flatMap(one => (one.type === 'TXT' ? [one.text] : [])),
    )
  } catch (error) {
    return ['ENOTFOUND', 'ENODATA'].includes(errorCode(error)) ? 'missing' : 'unanswered'
  }
}
