/** The findings about an access list, in the order of its rows. */

import { findLogOn } from './find-log-on.ts'
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
import { spansWhere } from './map.ts'
import { LIST_PATHS } from './mend.ts'
import { internetOf } from './open-relay.ts'
import type { AccessList, Policy } from './policy.ts'
import { commonSpans } from './spans.ts'

export function findingsOf(found: Findable): readonly Finding[] {
  const { policy } = found
  const lists = [policy.service, ...(policy.global ? [policy.global] : [])]
  return [
    ...findOpen(found),
    ...findRouters(found),
    ...findIncoming(found),
    ...findLogOn(found),
    ...lists.flatMap(list => [
      ...findEmpty(list, policy),
      ...findUsersWithoutLogOn(list, found.settings, policy),
      ...findContradictoryUsers(list, policy),
      ...findBlockingUsers(list, policy),
      ...findBlockingWaivers(list, policy),
      ...findNames(list, policy),
      ...findShadowed(list, policy),
    ]),
  ]
}

function findIncoming({ policy, map }: Findable): readonly Finding[] {
  const shut = spansWhere(map, ({ internal }) => internal.kind === 'after-login')
  if (policy.authentication !== 'required' || commonSpans(shut, internetOf(policy)).length === 0) return []
  return [
    {
      kind: 'incoming-mail-stops',
      list: null,
      row: null,
      text: 'Incoming mail stops: authentication is required for mail to your own users too, and the servers that bring it can’t log on.',
      mend: {
        words:
          'Don’t require authentication for internal mail: mail to your own users is taken from everybody again. Who can send to addresses outside stays as it is.',
        edits: [{ kind: 'set', path: 'smtp.internalMailWithoutAuthentication', value: true }],
      },
    },
  ]
}

function findEmpty({ name, rows }: AccessList, policy: Policy): readonly Finding[] {
  if (rows.some(({ enabled }) => enabled)) return []
  return [name === 'service' ? emptyService(rows.length, officeWords(policy)) : EMPTY_GLOBAL]
}

const EMPTY_GLOBAL: Finding = {
  kind: 'empty-list',
  list: 'global',
  row: null,
  text: 'Every row of the global list is switched off, and it counts: nobody can send to addresses outside.',
  mend: {
    words: 'Don’t use the Global Access Restrictions: the service’s own list alone decides who can send.',
    edits: [{ kind: 'set', path: 'smtp.useGlobalAccess', value: false }],
  },
}

/** Who can send by a row for the local networks that says nothing more. */
function officeWords({ authentication, antiRelay, global }: Policy): string {
  const needsUser = authentication === 'required' || antiRelay === 'authenticated-users'
  if (needsUser && authentication === 'disabled')
    return 'Nobody can send even then, since logging on is switched off.'
  const who = needsUser
    ? 'Users in your local networks can send after logging on'
    : 'The computers in your local networks can send'
  return global ? `${who}, as far as the global list lets them; nobody else can.` : `${who}; nobody else can.`
}

function emptyService(length: number, office: string): Finding {
  return {
    kind: 'empty-list',
    list: 'service',
    row: null,
    text: `${length === 0 ? 'The access list is empty' : 'Every row of the access list is switched off'}: nobody can send to addresses outside.`,
    mend: {
      words: `Add the default for your LAN: block the routers, allow the local networks. ${office}`,
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
