/** The doctor: checks of this machine and what the settings rely on, each with what to do where it fails. */
import { lookup } from 'node:dns/promises'
import { stat } from 'node:fs/promises'
import { Failure } from '../delivery/failure.ts'
import { openRoute } from '../delivery/open.ts'
import { formatReply } from '../mail/reply.ts'
import type { Route } from '../settings/settings.ts'
import { roundSize } from '../settings/units.ts'
import { checkCertificate } from './certificate-checks.ts'
import { failed, ok, warning, withinTime } from './checks.ts'
import type { Check, SignInFacts } from './control.ts'
import { checkDkim } from './dkim-checks.ts'
import { checkDns, checkWayOut } from './dns-checks.ts'
import { freeBytes } from './free-disk.ts'
import { hopFacts, hopWords } from './hop-answers.ts'
import { checkListeners } from './listener-checks.ts'
import { checkNames } from './name-checks.ts'
import { openRelayWords } from './open-relay-guard.ts'
import type { ControlParts } from './parts.ts'
import { mendOf, needWords } from './sign-in-need.ts'
import { openRelayOf, stuckWarning } from './status-answer.ts'

/** Bytes free below which the disk is a failure. */
const FULL_DISK = 64 * 1024 ** 2
/** Milliseconds. */
const DNS_PATIENCE = 5000
const ROUTE_PATIENCE = 20_000

export async function examine(parts: ControlParts): Promise<readonly Check[]> {
  const { hostname, delivery } = parts.store.current.settings
  const checks = await Promise.all([
    checkListeners(parts),
    checkCertificate(parts),
    checkHostname(hostname),
    checkRouters(parts),
    checkNames(parts),
    checkDns(parts),
    checkWayOut(parts),
    checkDkim(parts),
    Promise.all(delivery.routes.map((route, index) => checkRoute(route, index, parts))),
    parts.signIns.facts.map(facts => checkSignIn(facts)),
    checkOpenRelay(parts),
    checkRights(parts),
    checkDisk(parts),
    checkStuck(parts),
    checkHops(parts),
    checkClock(parts),
    parts.checkSettings(),
  ])
  return checks.flat(2)
}

function checkOpenRelay({ policy }: ControlParts): Check {
  const words = openRelayWords(openRelayOf(policy()), policy())
  return words === undefined
    ? ok('open relay', 'Nobody on the Internet can send without logging on: this is no open relay.')
    : failed('open relay', words, { path: 'smtp.access' })
}

async function checkHostname(hostname: string): Promise<Check> {
  const name = 'host name'
  try {
    const { address } = await withinTime(DNS_PATIENCE, () => lookup(hostname))
    return ok(name, `${hostname} is found in the DNS (${address}).`)
  } catch {
    return warning(
      name,
      `${hostname} isn't found in the DNS: other servers may distrust mail from it; set the host name to this office's public name.`,
      { path: 'hostname' },
    )
  }
}

/** A row that blocks the routers is there for Internet traffic that wears a router's address. */
function checkRouters({ policy, store }: ControlParts): readonly Check[] {
  const { smtp, globalAccess } = store.current.settings
  const lists = [['access list', smtp.access] as const, ['global access list', globalAccess] as const]
  if (policy().machine.routers.length > 0) return []
  return lists.flatMap(([list, rows]) =>
    rows.flatMap(({ enabled, action, from }, index) =>
      enabled && action === 'block' && from === 'routers'
        ? warning(
            'routers',
            `Row ${index + 1} of the ${list} blocks the routers, but no router was found on this machine, so that it blocks nothing: name the routers' addresses, if there are any.`,
            { path: 'routers' },
          )
        : [],
    ),
  )
}

async function checkRoute(route: Route, index: number, { context, store }: ControlParts): Promise<Check> {
  const name = `route ${index + 1}`
  const path = `delivery.routes[${index}]`
  const to = route.to.map(pattern => (pattern === '*' ? 'every domain' : pattern)).join(', ')
  if (route.via === 'hold')
    return warning(name, `Mail for ${to} is held, as the settings say: choose another way to send it.`, {
      path: `${path}.via`,
    })
  // Of any domain there is nobody to ask; one by name stands for the others.
  const domain = route.via === 'mx' ? route.to.find(pattern => !pattern.includes('*')) : undefined
  if (route.via === 'mx' && domain === undefined)
    return ok(name, `Mail for ${to} goes to each domain's own mail exchangers: a test message tries it.`, {
      command: 'postern send-test',
    })
  const { hostname } = store.current.settings
  const way = domain === undefined ? { route } : { route, domain }
  try {
    const transport = await withinTime(ROUTE_PATIENCE, signal =>
      openRoute({ ...way, hostname, context, signal }),
    )
    transport.quit()
    return ok(name, `Mail for ${to}: ${transport.name} answers${route.login ? ' and lets us log on' : ''}.`)
  } catch (error) {
    const why =
      error instanceof Failure ? wordsOf(error) : 'no answer within 20 seconds; check the host and the port'
    return failed(name, `Mail for ${to} can't go out: ${why}.`, { path })
  }
}

function checkSignIn({ name: secret, user, provider, routes, standing }: SignInFacts): Check {
  const name = `sign-in ${secret}`
  const at = routes[0] ?? 0
  const path = `delivery.routes[${at}].login`
  switch (standing.kind) {
    case 'signed-in':
      return ok(name, `Signed in as ${user} with ${provider} since ${new Date(standing.since).toString()}.`)
    case 'passing':
      return warning(name, `Signed in as ${user}, but there is no token at the moment: ${standing.why}.`, {
        path,
      })
    case 'needs-person':
      return failed(name, needWords(user, standing), {
        path: mendOf(standing, at).path ?? path,
        ...(standing.reason !== 'settings' && { command: `postern secret login ${secret}` }),
      })
  }
}

/** A reply of our own making is a sentence by itself. */
function wordsOf({ said, reply }: Failure): string {
  return said ? formatReply(reply) : reply.text
}

async function checkRights({ folder }: ControlParts): Promise<Check> {
  const { mode } = await stat(folder.path)
  const open = process.platform !== 'win32' && (mode & 0o077) !== 0
  return open
    ? failed('folder rights', `Other users can open ${folder.path}: run  chmod 700 ${folder.path}`)
    : ok('folder rights', `Only this user can open ${folder.path}.`)
}

async function checkDisk({ folder, store }: ControlParts): Promise<Check> {
  return diskCheck(await freeBytes(folder.path), store.current.settings.delivery.alerts.minimumFreeDisk)
}

/** What so many free bytes mean; under `least` they are a warning. */
export function diskCheck(free: number, least: number): Check {
  const [name, words] = ['disk space', `${roundSize(free)} are free where the mail is kept`]
  if (free < FULL_DISK) return failed(name, `Only ${words}: free some, or no mail can be taken soon.`)
  if (free < least) return warning(name, `Only ${words}: free some before the disk is full.`)
  return ok(name, `${words}.`)
}

function checkStuck({ queue, store, now }: ControlParts): Check {
  const stuck = stuckWarning(queue.messages(), store.current.settings.delivery.alerts.stuckAfter, now())
  return stuck ? warning('waiting mail', stuck.text) : ok('waiting mail', 'No mail has waited for long.')
}

/** Each next hop that mail waits for; a sign-in has a check of its own. */
async function checkHops({ delivery, now }: ControlParts): Promise<readonly Check[]> {
  return hopFacts(await delivery.hops())
    .filter(({ reason }) => reason !== 'sign-in')
    .map(facts =>
      warning(
        'next hop',
        `${hopWords(facts, now())}: ${facts.why}.`,
        facts.reason === 'silent' ? undefined : { command: 'postern queue retry' },
      ),
    )
}

/** The newest thing we wrote can't lie in the future, unless the clock was set back. */
async function checkClock({ journal, now }: ControlParts): Promise<Check> {
  const [newest] = await journal.read({ limit: 1 })
  const ahead = newest ? newest.time - now() : 0
  return ahead > 60_000
    ? warning('clock', "The log's newest entry lies in the future: check this machine's clock.")
    : ok('clock', `The clock says ${clockWords(now())}.`)
}

/** In this machine's time, as in `Monday, 30 November 2026 at 14:05:09 CET`. */
function clockWords(time: number): string {
  return new Date(time).toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'long' })
}
