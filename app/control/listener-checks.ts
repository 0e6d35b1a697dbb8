/** Checks of the listeners: each stands and can be reached, or could stand. */
import { connect, createServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { hostPort } from '../delivery/next-hop.ts'
import type { Listener } from '../settings/settings.ts'
import type { Standing } from '../smtp/listener.ts'
import { failed, ok, warning, withinTime } from './checks.ts'
import type { Check } from './control.ts'
import type { ControlParts } from './parts.ts'

/** Milliseconds; it is this machine itself that is asked. */
const REACH = 3000

export async function checkListeners({ store, standing }: ControlParts): Promise<readonly Check[]> {
  const { enabled, listeners } = store.current.settings.smtp
  if (!enabled)
    return [
      warning('smtp', 'The SMTP service is switched off: switch it on to take mail.', {
        path: 'smtp.enabled',
        command: 'postern settings set smtp.enabled true',
      }),
    ]
  const open = standing()
  if (open.length > 0) return Promise.all(open.map(checkStanding))
  return Promise.all(listeners.map((listener, index) => checkFree(listener, index)))
}

async function checkStanding({ address, port, encryption, oldDevices }: Standing): Promise<Check> {
  const [name, where] = [`port ${port}`, hostPort(address, port)]
  try {
    await withinTime(REACH, () => reach(address, port, encryption === 'tls'))
    return ok(name, `Postern listens at ${where} (${encryption}${oldDevices ? ', for old devices' : ''}).`)
  } catch {
    return failed(
      name,
      `Postern listens at ${where}, but this machine can't reach it there: check its own firewall.`,
      { path: 'smtp.listeners' },
    )
  }
}

/** With TLS the greeting is waited for: less than a whole handshake would be logged as a client that failed. */
function reach(address: string, port: number, tls: boolean): Promise<void> {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return new Promise((resolve, reject) => {
    const options = { host, port, timeout: REACH }
    // It is our own certificate, which nobody else needs to vouch for.
    const socket = tls ? connectTls({ ...options, rejectUnauthorized: false }) : connect(options)
    const end = (settle: () => void) => {
      socket.destroy()
      settle()
    }
    socket.once(tls ? 'data' : 'connect', () => end(resolve))
    socket.once('error', error => end(() => reject(error)))
    socket.once('timeout', () => end(() => reject(new Error('no answer'))))
  })
}

async function checkFree({ address, port }: Listener, index: number): Promise<Check> {
  const name = port === 0 ? 'port' : `port ${port}`
  const error = await tryPort(address, port)
  if (error)
    return failed(name, `Port ${port} at ${address} can't be used: ${whyNot(error)}.`, {
      path: `smtp.listeners[${index}]`,
    })
  if (port === 0) return ok(name, `This machine has a free port for Postern at ${address}.`)
  return ok(name, `Port ${port} at ${address} is free for Postern.`)
}

function tryPort(address: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(port, address, () => server.close(() => resolve(undefined)))
  })
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another program has it; stop that one, or choose another port'
    case 'EACCES':
      return 'this user may not open it; choose a port above 1023, or give Postern the right'
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address; choose one of its own, or 0.0.0.0 for all'
    default:
      return `${message}; choose another`
  }
}
