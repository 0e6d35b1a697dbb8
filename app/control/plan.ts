/** A plan: settings as a procedure would make them, looked at before they are. */
import { changeLines } from '../settings/change.ts'
import { type Checks, parseSettings, withDefaults } from '../settings/parse.ts'
import { hashPassword } from '../settings/password.ts'
import { isObject } from '../settings/path.ts'
import type { Parsed, Problem, Settings } from '../settings/settings.ts'
import type { NewUser, Plan } from './control.ts'

/** From a settings file to the next. */
export type Change = (raw: unknown) => Parsed<unknown>

export function planOf(
  raw: unknown,
  change: Change,
  checks: Checks,
  notes: (settings: Settings) => readonly string[],
): Plan {
  const changed = change(raw)
  if (!changed.ok) return changed
  const parsed = parseSettings(changed.value, checks)
  if (!parsed.ok) return parsed
  return {
    ok: true,
    settings: withDefaults(changed.value),
    words: changeLines(raw, changed.value),
    notes: notes(parsed.value),
  }
}

/** The change that makes an account, the last of the list; its problems stand at `newUser`. */
export async function addingUser(user: NewUser | undefined, checks: Checks): Promise<Change> {
  if (!user) return raw => ({ ok: true, value: raw })
  if (user.password === '') {
    const problem = {
      path: 'newUser.password',
      text: "Write a password: without one the user can't log on.",
    }
    return () => ({ ok: false, problems: [problem] })
  }
  const password = await hashPassword(user.password)
  const { name, addresses } = user
  return raw => {
    const top = isObject(raw) ? raw : {}
    const users = Array.isArray(top['users']) ? top['users'] : []
    const value = { ...top, users: [...users, { name, addresses, password }] }
    const parsed = parseSettings(value, checks)
    if (parsed.ok) return { ok: true, value }
    return { ok: false, problems: parsed.problems.map(problem => atNewUser(problem, users.length)) }
  }
}

function atNewUser({ path, text }: Problem, index: number): Problem {
  const start = `users[${index}]`
  return path.startsWith(start) ? { path: `newUser${path.slice(start.length)}`, text } : { path, text }
}
