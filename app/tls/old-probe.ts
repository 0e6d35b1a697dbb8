/** Whether the TLS library that we run on still speaks TLS 1.0: found out by doing it, with ourselves, in memory. */
import { Duplex } from 'node:stream'
import { connect, createSecureContext, TLSSocket } from 'node:tls'
import type { KeyMaterial } from './certificate.ts'
import { oldStrength } from './strength.ts'

/** Milliseconds; it takes a few. */
const PATIENCE = 5000

/** Never rejects. */
export function speaksOldTls(material: KeyMaterial): Promise<boolean> {
  const strength = oldStrength()
  return new Promise(resolve => {
    const [here, there] = pair()
    const timer = setTimeout(() => end(false), PATIENCE)
    const end = (answer: boolean) => {
      clearTimeout(timer)
      resolve(answer)
      here.destroy()
      there.destroy()
    }
    try {
      const secureContext = createSecureContext({ ...material, ...strength })
      const server = new TLSSocket(there, { isServer: true, secureContext })
      // It is our own certificate, which nobody else needs to vouch for.
      const client = connect({ socket: here, ...strength, maxVersion: 'TLSv1', rejectUnauthorized: false })
      server.on('error', () => end(false))
      client.on('error', () => end(false))
      client.on('secureConnect', () => end(client.getProtocol() === 'TLSv1'))
    } catch {
      end(false)
    }
  })
}

/** What is written to one is read from the other. */
function pair(): readonly [Duplex, Duplex] {
  const made: Duplex[] = []
  const end = (other: number) =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        made[other]?.push(chunk)
        done()
      },
      final(done) {
        made[other]?.push(null)
        done()
      },
    })
  const [first, second] = [end(1), end(0)]
  made.push(first, second)
  return [first, second]
}
