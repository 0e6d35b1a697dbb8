/** The doctor: checks of this machine and what the settings rely on, each with what to do where it fails. */
import { lookup } from 'node:dns/promises'
import { stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { Failure } from '../delivery/failure.ts'
import { hostPort } from '../delivery/next-hop.ts'
import { openRoute } from '../delivery/open.ts'
import { formatReply } from '../mail/reply.ts'
import type { Listener, Route } from '../settings/settings.ts'
import { expiryOf } from '../smtp/certificate.ts'
import type { Check } from './control.ts'
import type { ControlParts } from './parts.ts'
import { formatSize } from './size.ts'

const DAY = 24 * 60 * 60 * 1000
/** Bytes free below which the disk is a warning, and a failure. */
const LOW_DISK = 1024 ** 3
const FULL_DISK = 64 * 1024 ** 2

export async function examine(parts: ControlParts): Promise<readonly Check[]> {
  const { settings } = parts.store.current
  const checks = await Promise.all([
    ...settings.smtp.listeners.map(listener => checkListener(listener, parts)),
    checkCertificate(parts),
    checkHostname(settings.hostname),
    ...settings.delivery.routes.map((route, index) => checkRoute(route, index, parts)),
    checkRights(parts),
    checkDisk(parts),
    checkClock(parts),
  ])
  return checks
}

async function checkListener({ address, port, encryption }: Listener, parts: ControlParts): Promise<Check> {
  const name = `port ${port}`
  if (!parts.store.current.settings.smtp.enabled)
    return {
      name,
      state: 'warning',
      text: 'The SMTP service is switched off: set smtp.enabled to true to take mail.',
    }
  const stands = parts
    .standing()
    .some(open => open.encryption === encryption && (open.port === port || port === 0))
  if (stands)
    return { name, state: 'ok', text: `Postern listens at ${hostPort(address, port)} (${encryption}).` }
  const problem = await tryPort(address, port)
  if (problem === undefined)
    return { name, state: 'ok', text: `Port ${port} at ${address} is free for Postern.` }
  return {
    name,
    state: 'failed',
    text: `Port ${port} at ${address} can't be used (${problem}): free it, or choose another.`,
  }
}

function tryPort(address: string, port: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve(error.message))
    server.listen(port, address, () => server.close(() => resolve(undefined)))
  })
}

async function checkCertificate({ certificate, now }: ControlParts): Promise<Check> {
  const days = Math.floor((expiryOf(certificate) - now()) / DAY)
  const name = 'certificate'
  const mend = 'replace key.pem and cert.pem in the tls folder, or remove both to have new ones made'
  if (days < 0) return { name, state: 'failed', text: `The certificate has expired: ${mend}.` }
  if (days < 30) return { name, state: 'warning', text: `The certificate expires in ${days} days: ${mend}.` }
  return { name, state: 'ok', text: `The certificate is good for ${days} more days.` }
}

async function checkHostname(hostname: string): Promise<Check> {
  const name = 'host name'
  try {
    const { address } = await withTimeout(lookup(hostname), 5000)
    return { name, state: 'ok', text: `${hostname} is found in the DNS (${address}).` }
  } catch {
    const text = `${hostname} isn't found in the DNS: other servers may distrust mail from it; set hostname to this office's public name.`
    return { name, state: 'warning', text }
  }
}

async function checkRoute(route: Route, index: number, { context, store }: ControlParts): Promise<Check> {
  const name = `route ${index + 1}`
  const to = route.to.join(', ')
  if (route.via === 'hold' || route.via === 'mx')
    return {
      name,
      state: 'warning',
      text: `Mail for ${to} is held, as the route says: change its via to send it.`,
    }
  try {
    const transport = await withTimeout(openRoute(route, store.current.settings.hostname, context), 20_000)
    const { host, port } = transport.hop
    transport.quit()
    return {
      name,
      state: 'ok',
      text: `Mail for ${to}: ${hostPort(host, port)} answers${route.login ? ' and lets us log on' : ''}.`,
    }
  } catch (error) {
    const why = error instanceof Failure ? formatReply(error.reply) : 'no answer within 20 seconds'
    return { name, state: 'failed', text: `Mail for ${to} can't go out: ${why}.` }
  }
}

async function checkRights({ folder }: ControlParts): Promise<Check> {
  const { mode } = await stat(folder.path)
  const open = process.platform !== 'win32' && (mode & 0o077) !== 0
  return open
    ? {
        name: 'folder rights',
        state: 'failed',
        text: `Other users can open ${folder.path}: run  chmod 700 ${folder.path}`,
      }
    : { name: 'folder rights', state: 'ok', text: `Only this user can open ${folder.path}.` }
}

async function checkDisk({ folder }: ControlParts): Promise<Check> {
  const { bavail, bsize } = await statfs(folder.path)
  const free = bavail * bsize
  const state = free < FULL_DISK ? 'failed' : free < LOW_DISK ? 'warning' : 'ok'
  const text = `${formatSize(free)} are free where the mail is kept${state === 'ok' ? '' : ': free some, or no mail can be taken'}.`
  return { name: 'disk space', state, text }
}

/** The newest thing we wrote can't lie in the future, unless the clock was set back. */
async function checkClock({ journal, now }: ControlParts): Promise<Check> {
  const [newest] = await journal.read({ limit: 1 })
  const ahead = newest ? newest.time - now() : 0
  return ahead > 60_000
    ? {
        name: 'clock',
        state: 'warning',
        text: "The log's newest entry lies in the future: check this machine's clock.",
      }
    : { name: 'clock', state: 'ok', text: `The clock says ${new Date(now()).toString()}.` }
}

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), ms)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
