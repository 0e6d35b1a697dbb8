/** An MTA-STS policy: its record in the DNS and its file, read strictly (RFC 8461 section 3). */

export interface StsPolicy {
  /** As the DNS named it: another id is another policy. */
  readonly id: string
  readonly mode: 'enforce' | 'testing' | 'none'
  /** Seconds that it counts from when it was fetched; at most a year. */
  readonly maxAge: number
  /** Names of mail exchangers, in lower case; `*.example.com` stands for one label. */
  readonly mx: readonly string[]
}

const LONGEST_AGE = 31_557_600
/** More exchangers than any domain has. */
const MOST_MX = 200

/** The id that the TXT records at `_mta-sts.` name; undefined where there is none, or more than one (section 3.1). */
export function stsId(texts: readonly string[]): string | undefined {
  const records = texts.filter(text => /^v=STSv1\s*(?:;|$)/.test(text))
  const [record] = records
  if (record === undefined || records.length > 1) return undefined
  return /;\s*id\s*=\s*([A-Za-z0-9]{1,32})\s*(?:;|$)/.exec(record)?.[1]
}

/** Undefined where it isn't one (section 3.2): of a field that stands twice the first counts, but for `mx`. */
export function readStsPolicy(text: string, id: string): StsPolicy | undefined {
  const fields = text.split(/\r?\n/).flatMap(line => {
    const [, key = '', value = ''] = /^([A-Za-z0-9_.-]+)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    return key === '' ? [] : [{ key, value }]
  })
  const first = (name: string) => fields.find(({ key }) => key === name)?.value ?? ''
  const mode = modeOf(first('mode'))
  const maxAge = /^\d{1,10}$/.test(first('max_age')) ? Number(first('max_age')) : Number.NaN
  const mx = fields
    .filter(({ key }) => key === 'mx')
    .map(({ value }) => value.toLowerCase().replace(/\.$/, ''))
  const isWhole = first('version') === 'STSv1' && mode !== undefined && maxAge <= LONGEST_AGE
  if (!isWhole || mx.length > MOST_MX || (mode !== 'none' && mx.length === 0)) return undefined
  return { id, mode, maxAge, mx }
}

function modeOf(text: string): StsPolicy['mode'] | undefined {
  return text === 'enforce' || text === 'testing' || text === 'none' ? text : undefined
}

/** Section 4.1: a wildcard stands for exactly one label, the leftmost. */
export function permits({ mode, mx }: StsPolicy, host: string): boolean {
  if (mode === 'none') return true
  const name = host.toLowerCase()
  return mx.some(pattern =>
    pattern.startsWith('*.')
      ? name.slice(name.indexOf('.')) === pattern.slice(1) && /^[^.]+\./.test(name)
      : name === pattern,
  )
}
