/** The first port: 25 where this user may listen on it and nobody else does, else 2525. */
import { createServer } from 'node:net'

const SMTP = 25
const INSTEAD = 2525

export interface FirstPort {
  readonly port: number
  /** Why it isn't 25, in a sentence. */
  readonly why?: string
}

export async function firstPort(): Promise<FirstPort> {
  const code = await tryListening(SMTP)
  if (code === undefined) return { port: SMTP }
  const reason = code === 'EADDRINUSE' ? 'another program uses it' : 'this user may not listen on it'
  return {
    port: INSTEAD,
    why: `Port ${SMTP} can't be taken (${reason}): Postern listens on ${INSTEAD} instead.`,
  }
}

/** Undefined when it worked, else the system's error code. */
function tryListening(port: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(undefined)))
  })
}
