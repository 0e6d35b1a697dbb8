/** The file that keeps MTA-STS policies over a restart. */
import { isObject } from '../settings/path.ts'
import { readPlainText } from '../settings/plain-file.ts'
import { replaceFile } from '../settings/replace.ts'
import type { StsPolicy } from './sts-policy.ts'

export interface KnownPolicy {
  readonly policy: StsPolicy
  /** Milliseconds since the epoch. */
  readonly expires: number
}

/** Bytes; a file that is larger is none of ours. */
const LARGEST = 32 * 1024 ** 2

/** At most so many of them; none where there is no file, or it can't be understood: they are fetched again then. */
export async function readPolicies(
  file: string | undefined,
  most: number,
): Promise<Map<string, KnownPolicy>> {
  if (file === undefined) return new Map()
  try {
    const text = await readPlainText(file)
    const raw: unknown = text.length > LARGEST ? {} : JSON.parse(text)
    const entries = Object.entries(isObject(raw) ? raw : {}).slice(-most)
    return new Map(entries.flatMap(([domain, one]) => (isKnown(one) ? [[domain, one] as const] : [])))
  } catch {
    return new Map()
  }
}

/** Whole or not at all; rejects with the system's error. */
export function writePolicies(file: string, known: ReadonlyMap<string, KnownPolicy>): Promise<void> {
  return replaceFile(file, `${JSON.stringify(Object.fromEntries(known), undefined, 1)}\n`)
}

function isKnown(raw: unknown): raw is KnownPolicy {
  if (!isObject(raw) || !isObject(raw['policy'])) return false
  const { id, mode, maxAge, mx } = raw['policy']
  const isMode = mode === 'enforce' || mode === 'testing' || mode === 'none'
  const isList = Array.isArray(mx) && mx.every(name => typeof name === 'string')
  return typeof id === 'string' && isMode && isList && [maxAge, raw['expires']].every(Number.isFinite)
}
