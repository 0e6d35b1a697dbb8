/** The findings about an access list, in the order of its rows. */

import { findDisjoint } from './find-disjoint.ts'
import { findBlocked, findDoor } from './find-door.ts'
import { findIncoming } from './find-incoming.ts'
import { findLogOn } from './find-log-on.ts'
import { findMends } from './find-mends.ts'
import { findNames } from './find-names.ts'
import { findOpen, findRouters, routerRow } from './find-open.ts'
import { findShadowed } from './find-shadowed.ts'
import {
  findBlockingUsers,
  findBlockingWaivers,
  findContradictoryUsers,
  findUsersWithoutLogOn,
} from './find-users.ts'
import type { Findable, Finding } from './finding.ts'
import { LIST_PATHS } from './mend.ts'
import { type AccessList, asksInternal, type Policy } from './policy.ts'

export function findingsOf(found: Findable): readonly Finding[] {
  const { policy } = found
  const lists = [policy.service, ...(policy.global ? [policy.global] : [])]
  return [
    ...findDoor(found),
    ...findOpen(found),
    ...findRouters(found),
    ...findIncoming(found),
    ...findLogOn(found),
    ...findDisjoint(found),
    ...lists.flatMap(list => [
      ...findEmpty(list, policy),
      ...findUsersWithoutLogOn(list, found.settings, policy),
      ...findContradictoryUsers(list, policy),
      ...findBlockingUsers(list, policy),
      ...findBlockingWaivers(list, policy),
      ...findBlocked(list, policy),
      ...findNames(list, policy),
      ...findMends(list, policy),
      ...findShadowed(list, policy),
    ]),
  ]
}

function findEmpty({ name, rows }: AccessList, policy: Policy): readonly Finding[] {
  if (rows.some(({ enabled }) => enabled)) return []
  return [name === 'service' ? emptyService(rows.length, policy) : emptyGlobal(policy)]
}

/** The list decides who may connect at all. */
function isConnecting({ antiRelay }: Policy): boolean {
  return antiRelay === 'authenticated-users'
}

/** What a list that lets nobody in does, as it follows a colon. */
function nobodyWords(policy: Policy): string {
  return isConnecting(policy)
    ? 'nobody can connect, to send to addresses outside or to bring mail to your own users'
    : 'nobody can send to addresses outside'
}

function emptyGlobal(policy: Policy): Finding {
  const does = isConnecting(policy)
    ? 'who can connect, with mail to your own users too'
    : `who can send${asksInternal(policy) ? ', and who must log on for mail to your own users' : ''}`
  return {
    kind: 'empty-list',
    list: 'global',
    row: null,
    text: `Every row of the global list is switched off, and it counts: ${nobodyWords(policy)}.`,
    mend: {
      words: `Don't use the Global Access Restrictions: the service's own list alone decides ${does}.`,
      edits: [{ kind: 'set', path: 'smtp.useGlobalAccess', value: false }],
    },
  }
}

/** Who can send by a row for the local networks that says nothing more. */
function officeWords(policy: Policy): string {
  const { authentication, global } = policy
  const needsUser = authentication === 'required' || isConnecting(policy)
  if (needsUser && authentication === 'disabled')
    return 'Nobody can send even then, since logging on is switched off.'
  const who = needsUser
    ? 'Users in your local networks can send after logging on'
    : 'The computers in your local networks can send'
  return global ? `${who}, as far as the global list lets them; nobody else can.` : `${who}; nobody else can.`
}

function emptyService(length: number, policy: Policy): Finding {
  const incoming = isConnecting(policy)
    ? ' Only they can connect then, with mail to your own users too: incoming mail needs a row that allows everybody.'
    : ''
  return {
    kind: 'empty-list',
    list: 'service',
    row: null,
    text: `${length === 0 ? 'The access list is empty' : 'Every row of the access list is switched off'}: ${nobodyWords(policy)}.`,
    mend: {
      words: `Add the default for your LAN: block the routers, allow the local networks. ${officeWords(policy)}${incoming}`,
      edits: [
        routerRow('service', length + 1),
        {
          kind: 'set',
          path: `${LIST_PATHS.service}[${length + 1}]`,
          value: { action: 'allow', from: 'local-networks', comment: 'this office' },
        },
      ],
    },
  }
}
