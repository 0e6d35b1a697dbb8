/** A TCP connection to a next hop, before a word is said on it. */
import { connect, type Socket } from 'node:net'

/** Milliseconds that an address has before another of the same name is tried beside it. */
const NEXT_ADDRESS = 3000

/** Rejects with the system's error, an `ETIMEDOUT` of our own after `limit` ms, or when `signal` is aborted. */
export function openSocket(host: string, port: number, limit: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS,
    })
    const settle = (error: Error | undefined) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.removeListener('error', settle)
      if (!error) return resolve(socket)
      // What comes after the first error has nobody to tell.
      socket.on('error', () => {})
      socket.destroy()
      reject(error)
    }
    const aborted = () => settle(new Error('not wanted any more'))
    const timedOut = Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })
    const timer = setTimeout(() => settle(timedOut), limit)
    signal.addEventListener('abort', aborted)
    socket.once('error', settle)
    socket.once('connect', () => settle(undefined))
    if (signal.aborted) aborted()
  })
}
