/** A DNS server in a process of its own, with zones that a test writes. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { atEnd, type Ending } from './ending.ts'

export type Kind = 'MX' | 'A' | 'AAAA' | 'TXT' | 'CNAME' | 'TLSA'

/** How a name is answered, where not truly. */
export type Manner =
  | 'SERVFAIL'
  | 'REFUSED'
  | 'silence'
  /** Neither an answer nor who has one. */
  | 'lame'
  /** Too long for UDP: whole over TCP alone. */
  | 'truncated'
  /** Wrong answers first: with another id, and to another question. */
  | 'spoofed'
  /** Knows nothing of EDNS. */
  | 'old'
  | 'rubbish'
  /** A name in it points to itself. */
  | 'loop'
  /** An alias without what it stands for. */
  | 'bare'

/** `10 mx.example` for MX, `3 1 1 HEX` for TLSA, else the record's own text; `secure`: proved, with AD. */
export type Records = Partial<Record<Kind, readonly string[]>> & {
  readonly secure?: boolean
  readonly manner?: Manner
}
export type Entry = Records | Manner
export type Zone = Readonly<Record<string, Entry>>

export type Told =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'asked'; readonly what: string }
  | { readonly kind: 'taken' }

export class DnsServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string
  /** Questions, as `MX y.example` or `TCP MX y.example`. */
  readonly asked: string[] = []
  readonly #child: ChildProcess

  constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.address = `127.0.0.1:${port}`
    child.on('message', (told: Told) => {
      if (told.kind === 'asked') this.asked.push(told.what)
    })
  }

  /** Resolves when it is in force; every question asked before it is in `asked` then. */
  async setZone(zone: Zone): Promise<void> {
    const taken = new Promise<void>(resolve => {
      const hear = (told: Told) => {
        if (told.kind !== 'taken') return
        this.#child.off('message', hear)
        resolve()
      }
      this.#child.on('message', hear)
    })
    this.#child.send(zone)
    await taken
  }
}

/** Gone at the end of the test. */
export async function startDns(test: Ending, zone: Zone): Promise<DnsServer> {
  const child = fork(join(import.meta.dirname, 'dns-process.ts'), { execArgv: ['--import', 'tsx'] })
  const ended = once(child, 'exit')
  atEnd(test, async () => {
    child.kill('SIGKILL')
    await ended
  })
  const [told] = (await once(child, 'message')) as [Told]
  assert.equal(told.kind, 'listening')
  const server = new DnsServer(child, told.kind === 'listening' ? told.port : 0)
  await server.setZone(zone)
  return server
}
