/** Checks of the keys that sign mail: whether they are there, and whether the DNS tells of them. */
import type { DkimKey } from '../settings/settings.ts'
import { failed, ok, warning } from './checks.ts'
import type { Check, Warning } from './control.ts'
import { checkKey, missingKeyWords } from './dkim-answers.ts'
import type { ControlParts } from './parts.ts'

/** Takes as long as the DNS, which has an end. */
export async function checkDkim(parts: ControlParts): Promise<readonly Check[]> {
  const keys = parts.store.current.settings.delivery.dkim
  return Promise.all(keys.map((key, index) => checkOne(key, index, parts)))
}

async function checkOne(key: DkimKey, index: number, parts: ControlParts): Promise<Check> {
  const name = `DKIM ${key.domain}`
  const where = { path: `delivery.dkim[${index}]`, command: 'postern dkim show' }
  if (!key.enabled) return ok(name, `The key ${key.selector} is switched off and signs nothing.`)
  const { state, text } = await checkKey(key, parts)
  if (state === 'stands') return ok(name, text)
  return state === 'no-key' ? failed(name, text, where) : warning(name, text, where)
}

/** Mail that waits for a key needs a person at once. */
export function dkimWarnings({
  store,
  secrets,
}: Pick<ControlParts, 'store' | 'secrets'>): readonly Warning[] {
  const names = secrets.names()
  return store.current.settings.delivery.dkim
    .filter(({ enabled, secret }) => enabled && !names.includes(secret))
    .map(key => ({ kind: 'dkim-key', text: missingKeyWords(key), about: [key.secret] }))
}
