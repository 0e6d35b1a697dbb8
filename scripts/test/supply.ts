/** The step that looks at what comes from others: checksums, licences, and holes that are known. */
import { readFileSync } from 'node:fs'
import { readAudit } from './audit.ts'
import { runChild } from './child.ts'
import { type Lockfile, lockfileProblems } from './lockfile.ts'
import { failed, type Outcome, passed } from './step.ts'

/** Milliseconds. */
const PATIENCE = 60_000

export async function supply(): Promise<Outcome> {
  const lockfile: Lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const count = `${Object.keys(lockfile.packages).length - 1} packages`
  const problems = lockfileProblems(lockfile)
  if (problems.length > 0) return failed(`${problems.length} problems`, problems.join('\n'))
  const asked = await runChild(['npm', 'audit', '--json', '--package-lock-only'], { timeout: PATIENCE })
  const audit = readAudit(asked.stdout)
  if (audit.kind === 'no answer') return passed(`${count}; the registry does not answer "npm audit"`)
  const note = `${count}, ${audit.known} with known holes`
  return audit.grave.length > 0 ? failed(note, audit.grave.join('\n')) : passed(note)
}
