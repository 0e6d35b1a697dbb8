/** Answers about remote users: what letting them send would change, and the change as one. */
import { parseSettings } from '../settings/parse.ts'
import type { Control, RemoteUsers } from './control.ts'
import type { ControlParts, Editing } from './parts.ts'
import { addingUser, type Change, planOf } from './plan.ts'
import { remoteNotes, remoteProblems, withRemoteUsers } from './remote-users.ts'

/** What the procedure needs of the relay. */
export interface RemoteParts extends Pick<ControlParts, 'checks' | 'policyFor'> {
  readonly store: Pick<Editing, 'current' | 'history' | 'edit'>
}

export function remoteAnswers(parts: RemoteParts): Pick<Control, 'planRemoteUsers' | 'letRemoteUsersSend'> {
  const { store, checks } = parts
  return {
    planRemoteUsers: async asked =>
      planOf(store.current.raw, await lettingRemoteUsers(asked, parts), checks, remoteNotes),
    letRemoteUsersSend: async (asked, by, consent) =>
      store.edit(await lettingRemoteUsers(asked, parts), by, consent),
  }
}

/** The account is made and the users are let in as one change, or nothing is. */
export async function lettingRemoteUsers(
  asked: RemoteUsers,
  { checks, policyFor }: RemoteParts,
): Promise<Change> {
  const add = await addingUser(asked.newUser, checks)
  const users = asked.newUser ? [...asked.users, asked.newUser.name] : asked.users
  return raw => {
    const added = add(raw)
    const before = added.ok ? parseSettings(added.value, checks) : added
    if (!added.ok || !before.ok) return before.ok ? added : before
    const changed = withRemoteUsers(added.value, before.value, { ...asked, users })
    const after = changed.ok ? parseSettings(changed.value, checks) : changed
    if (!changed.ok || !after.ok) return after.ok ? changed : after
    const problems = remoteProblems(policyFor(after.value), { ...asked, users })
    return problems.length > 0 ? { ok: false, problems } : changed
  }
}
