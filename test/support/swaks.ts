/** swaks, a postmaster's real SMTP client, sending one message. */
import type { Ending } from './ending.ts'
import { runProcess } from './process.ts'

export interface SwaksOptions {
  readonly port: number
  /** 127.0.0.1 where absent. */
  readonly host?: string
  readonly from: string
  readonly to: readonly string[]
  readonly login?: {
    readonly user: string
    readonly password: string
    readonly mechanism?: 'PLAIN' | 'LOGIN'
  }
  /** `starttls` fails where it isn't offered; absent: none. */
  readonly encryption?: 'starttls' | 'tls'
  /** The server's certificate is checked against this PEM file. */
  readonly caFile?: string
  /** The client's address, as in `127.0.0.2`. */
  readonly localInterface?: string
  /** The message, sent as it is, but for line ends of LF alone. swaks's own test message where absent. */
  readonly data?: string | Buffer
  /** More of swaks's own options. */
  readonly more?: readonly string[]
}

export interface SwaksResult {
  /** 0 when at least one recipient was accepted and the message too; 28 authentication, 24 recipients, 29 TLS. */
  readonly code: number
  /** The dialogue, ` -> ` and `<-  `. */
  readonly transcript: string
}

export async function swaks(test: Ending, options: SwaksOptions): Promise<SwaksResult> {
  const { login, encryption, caFile, localInterface, data } = options
  const args = [
    ...['--server', options.host ?? '127.0.0.1', '--port', `${options.port}`, '--timeout', '20'],
    ...['--helo', 'swaks.example', '--from', options.from, '--to', options.to.join(',')],
    ...(localInterface ? ['--local-interface', localInterface] : []),
    ...(encryption === 'starttls' ? ['--tls'] : encryption === 'tls' ? ['--tls-on-connect'] : []),
    ...(caFile ? ['--tls-verify', '--tls-ca-path', caFile] : []),
    ...(login ? ['--auth', login.mechanism ?? 'PLAIN', '--auth-user', login.user] : []),
    ...(login ? ['--auth-password', login.password] : []),
    ...(data === undefined ? [] : ['--data', '-', '--no-data-fixup']),
    ...(options.more ?? []),
  ]
  const input = data === undefined ? {} : { input: onTheWire(data) }
  const { code, stdout, stderr } = await runProcess(test, ['swaks', ...args], { ...input, timeout: 40_000 })
  return { code: code ?? -1, transcript: stdout + stderr }
}

/** Dots doubled and the final one set (RFC 5321 section 4.5.2); swaks itself would add an empty line before it. */
function onTheWire(data: string | Buffer): Buffer {
  const text = (typeof data === 'string' ? Buffer.from(data) : data).toString('latin1')
  const lines = text.replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..')
  return Buffer.from(`${lines}${lines.endsWith('\r\n') || lines === '' ? '' : '\r\n'}.`, 'latin1')
}
