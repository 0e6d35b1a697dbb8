/** A wire to a next hop: passes everything on both ways, and keeps the bytes that went there. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Endpoint } from './dialogue-connection.ts'
import { atEnd, type Ending } from './ending.ts'

export interface Wire {
  /** `127.0.0.1:PORT`, as settings name a smart host. */
  readonly address: string
  /** All that was sent over it, oldest first. */
  sent(): Buffer
}

export async function startWire(test: Ending, to: Endpoint): Promise<Wire> {
  const kept: Buffer[] = []
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const hop = connect(to)
    for (const socket of [client, hop]) {
      sockets.add(socket)
      // Either side may go at any time; the other then goes too.
      socket.on('error', () => {}).on('close', () => void [client, hop].map(one => one.destroy()))
    }
    client.on('data', bytes => kept.push(bytes))
    client.pipe(hop).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(test, () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return { address: `127.0.0.1:${address.port}`, sent: () => Buffer.concat(kept) }
}
