/** openssl s_client, from Debian, as a client whose TLS versions and ciphers a test chooses. */
import type { Endpoint } from './dialogue-connection.ts'
import type { Ending } from './ending.ts'
import { runProcess } from './process.ts'

export interface Handshake {
  /** `TLSv1.2`; undefined where the handshake failed. */
  readonly protocol: string | undefined
  readonly cipher: string | undefined
  readonly output: string
}

/** `more`: its own options, as in `-tls1_2`. Says QUIT when TLS stands. */
export async function opensslHandshake(
  test: Ending,
  { host, port }: Endpoint,
  ...more: readonly string[]
): Promise<Handshake> {
  const command = ['openssl', 's_client', '-connect', `${host}:${port}`, '-crlf', ...more]
  const { stdout, stderr } = await runProcess(test, command, { input: 'QUIT\n', timeout: 20_000 })
  const output = stdout + stderr
  const found = /^New, (\S+), Cipher is (\S+)$/m.exec(output)
  const failed = found === null || found[2] === '(NONE)'
  return {
    // The first word of that line is the cipher's version, which isn't the connection's.
    protocol: failed ? undefined : (/^ {4}Protocol *: (\S+)$/m.exec(output)?.[1] ?? found[1]),
    cipher: failed ? undefined : found[2],
    output,
  }
}
