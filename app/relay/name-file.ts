/** The file that keeps the DNS's last answers over a restart. */
import { isIPv4, isIPv6 } from 'node:net'
import { parseHostName } from '../access/host-name.ts'
import { isObject } from '../settings/path.ts'
import { readPlainText } from '../settings/plain-file.ts'
import { replaceFile } from '../settings/replace.ts'
import { errorCode } from '../settings/system-error.ts'
import type { Answer, KnownName } from './known-name.ts'
import { MAX_ADDRESSES } from './name-lookup.ts'

/** Characters; 100 names with all their addresses are far fewer. */
const MAX_TEXT = 4 * 1024 ** 2

/**
 * What the file holds; without it nothing. Rejects where it can't be read, or isn't such a file: then the names stand
 * for nothing until they are looked up. What seems to come from the future, after `now`, is from now.
 */
export async function readNames(file: string, now: number): Promise<ReadonlyMap<string, KnownName>> {
  const text = await readPlainText(file).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '{}'
    throw error
  })
  if (text.length > MAX_TEXT) throw new Error('it is too large')
  const raw: unknown = JSON.parse(text)
  if (!isObject(raw)) throw new Error('it holds no answers')
  const names = Object.entries(raw).filter(([name]) => isCanonical(name))
  return new Map(names.map(([name, known]) => [name, readKnown(known, now)]))
}

/** Whole or not at all; rejects with the system's error. */
export function writeNames(file: string, names: ReadonlyMap<string, KnownName>): Promise<void> {
  return replaceFile(file, `${JSON.stringify(Object.fromEntries(names), undefined, 2)}\n`)
}

function isCanonical(name: string): boolean {
  const parsed = parseHostName(name)
  return parsed?.ok === true && parsed.name === name
}

function readKnown(raw: unknown, now: number): KnownName {
  const known = isObject(raw) ? raw : {}
  const [v4, v6] = [readAnswer(known['v4'], isIPv4, now), readAnswer(known['v6'], isIPv6, now)]
  return { ...(v4 && { v4 }), ...(v6 && { v6 }) }
}

function readAnswer(raw: unknown, isOfKind: (text: string) => boolean, now: number): Answer | undefined {
  if (!isObject(raw)) return undefined
  const { addresses, time } = raw
  if (!Array.isArray(addresses) || addresses.length > MAX_ADDRESSES) return undefined
  if (typeof time !== 'number' || !Number.isFinite(time)) return undefined
  const texts = addresses.filter(address => typeof address === 'string').filter(isOfKind)
  return texts.length === addresses.length ? { addresses: texts, time: Math.min(time, now) } : undefined
}
