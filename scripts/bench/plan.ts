/** What a benchmark run does, as the environment asks for it. */

export interface Plan {
  readonly messages: number
  /** Bytes of each. */
  readonly size: number
  /** Sessions of smtp-source at a time. */
  readonly sessions: readonly number[]
  /** The median of so many counts. */
  readonly runs: number
  /** Milliseconds one measurement may take. */
  readonly limit: number
  /** Names of targets. */
  readonly targets: readonly string[]
}

/** Reads N, SIZE, SESSIONS, RUNS, LIMIT (seconds) and TARGETS; throws a sentence about a value that is none. */
export function readPlan(env: NodeJS.ProcessEnv): Plan {
  return {
    messages: count('N', env['N'] ?? '2000'),
    size: count('SIZE', env['SIZE'] ?? '10240'),
    sessions: words(env['SESSIONS'] ?? '1 10 50').map(word => count('SESSIONS', word)),
    runs: count('RUNS', env['RUNS'] ?? '3'),
    limit: count('LIMIT', env['LIMIT'] ?? '120') * 1000,
    targets: words(env['TARGETS'] ?? 'postfix postern libraries'),
  }
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter(word => word !== '')
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${name} must be a whole number above 0, not "${text}".`)
  return Number(text)
}
