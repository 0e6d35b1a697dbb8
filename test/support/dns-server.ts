/** A DNS server in a process of its own, with zones that a test writes. */
import { type ChildProcess, fork } from 'node:child_process'
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
  | { readonly kind: 'listening'; readonly number: number; readonly port: number }
  | { readonly kind: 'asked'; readonly number: number; readonly what: string }
  | { readonly kind: 'taken'; readonly number: number }

export type Asked =
  | { readonly kind: 'open'; readonly number: number }
  | { readonly kind: 'zone'; readonly number: number; readonly zone: Zone }
  | { readonly kind: 'close'; readonly number: number }

/** All servers of this process share one; it ends with us. */
let shared: ChildProcess | undefined
let count = 0

function ask(asked: Asked): void {
  if (!shared) {
    shared = fork(join(import.meta.dirname, 'dns-process.ts'), { execArgv: ['--import', 'tsx'] })
    shared.setMaxListeners(0)
  }
  shared.send(asked)
}

/** The first thing of a kind that is told of a server from now on; we don't end before. */
function told<K extends Told['kind']>(kind: K, number: number): Promise<Extract<Told, { kind: K }>> {
  return new Promise(resolve => {
    const hear = (what: Told) => {
      if (what.kind !== kind || what.number !== number) return
      shared?.off('message', hear)
      shared?.unref()
      shared?.channel?.unref()
      resolve(what as Extract<Told, { kind: K }>)
    }
    shared?.ref()
    shared?.channel?.ref()
    shared?.on('message', hear)
  })
}

export class DnsServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string
  /** Questions, as `MX y.example` or `TCP MX y.example`. */
  readonly asked: string[] = []
  readonly #number: number

  constructor(number: number, port: number) {
    this.#number = number
    this.address = `127.0.0.1:${port}`
    shared?.on('message', (what: Told) => {
      if (what.kind === 'asked' && what.number === number) this.asked.push(what.what)
    })
  }

  /** Resolves when it is in force; every question asked before it is in `asked` then. */
  async setZone(zone: Zone): Promise<void> {
    ask({ kind: 'zone', number: this.#number, zone })
    await told('taken', this.#number)
  }
}

/** Closed at the end of the test. */
export async function startDns(test: Ending, zone: Zone): Promise<DnsServer> {
  const number = ++count
  ask({ kind: 'open', number })
  const { port } = await told('listening', number)
  atEnd(test, () => ask({ kind: 'close', number }))
  const server = new DnsServer(number, port)
  await server.setZone(zone)
  return server
}
