/** What is known of a connection, as the library keeps it. */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ListenerEncryption } from '../settings/settings.ts'
import type { SessionFacts } from './protocol.ts'

interface Known {
  readonly id: string
  readonly _socket: Socket
  readonly remoteAddress: string
  readonly hostNameAppearsAs: string | false
  readonly secure: boolean
  _transmissionType(): string
}

/** `port`: its listener's, where that is known. */
export function factsOf(connection: Known, encryption: ListenerEncryption, port?: number): SessionFacts {
  const { id, _socket: socket, secure } = connection
  return {
    id,
    client: socket.remoteAddress ?? connection.remoteAddress,
    encryption,
    ...(port !== undefined && { port }),
    helo: connection.hostNameAppearsAs || '',
    protocol: connection._transmissionType(),
    ...(secure &&
      socket instanceof TLSSocket && {
        tls: `${socket.getProtocol()} with cipher ${socket.getCipher().name}`,
      }),
  }
}
