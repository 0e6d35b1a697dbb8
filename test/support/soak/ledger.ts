/** The books of a soak: what was accepted, and what of it came where, taken out of hops and mailboxes as it comes. */
import { readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type Arrival, Books, type Bounce } from '../books.ts'
import type { NextHop, Taken } from '../next-hop.ts'
import { type Letter, readLetter } from './letter.ts'

/** What bad clients may send to mailboxes here; it is in nobody's books. */
const BAD = /^Subject: bad\r?$/m

export interface Spoilt {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly words: string
}

/** So many lines that a hop heard are remembered, to tell how a spoilt letter came. */
const REMEMBERED = 1000

export class Ledger {
  readonly books = new Books()
  readonly arrivals: Arrival[] = []
  readonly bounced: Bounce[] = []
  /** Letters that came otherwise than they were sent. */
  readonly spoilt: Spoilt[] = []
  readonly #digests = new Map<string, string>()

  /** Before it is sent: a letter whose 250 didn't come may arrive, too. */
  send({ id, digest }: Letter): void {
    this.#digests.set(id, digest)
  }

  /** Takes what the hops have, so that the contents need no memory here. */
  collect(hops: readonly NextHop[]): void {
    for (const hop of hops) {
      for (const taken of hop.taken.splice(0)) this.#take(taken, hop)
      hop.heard.splice(0, hop.heard.length - REMEMBERED)
    }
  }

  /** Takes what is in the mailboxes, as whoever reads them does. */
  async empty(folder: string, accounts: readonly string[]): Promise<void> {
    for (const account of accounts) {
      const box = join(folder, 'mail', account, 'new')
      for (const name of await readdir(box).catch(() => [])) {
        const path = join(box, name)
        this.#read(account, await readFile(path, 'utf8'))
        await unlink(path)
      }
    }
  }

  #take({ to, content, at, isTold, connection, secure }: Taken, { heard }: NextHop): void {
    const before = this.spoilt.length
    for (const path of to) this.#arrive(content, /^<([^>]+)>/.exec(path)?.[1] ?? path, { at, isTold })
    if (this.spoilt.length === before) return
    const lines = heard.filter(line => line.startsWith(`${connection} `)).slice(-20)
    const words = [`${secure ? 'with' : 'without'} TLS, ${isTold ? 'told' : 'not told'}:`, ...lines].join(
      '\n',
    )
    this.spoilt.push({ at, words })
  }

  #read(account: string, content: string): void {
    const failed = content.split(/\r?\n\r?\n/).filter(group => /^Action: failed\r?$/m.test(group))
    if (failed.length === 0) {
      this.#arrive(content, `${account}@example.com`, { at: Date.now(), isTold: true })
      return
    }
    const id = /^Subject: (g\d+m\d+)\r?$/m.exec(content)?.[1] ?? 'a bounce of nothing'
    const times = [Date.parse(/^Date: (.+?)\r?$/m.exec(content)?.[1] ?? '')]
    for (const group of failed)
      this.bounced.push({ id, times, to: /^Final-Recipient: rfc822; ?(\S+)/m.exec(group)?.[1] ?? group })
  }

  #arrive(content: string, to: string, told: Pick<Arrival, 'at' | 'isTold'>): void {
    const letter = readLetter(content)
    if (BAD.test(content)) return
    const beginning = `${content.length} characters, ${JSON.stringify(content.slice(0, 200))}`
    if (!letter) this.spoilt.push({ at: told.at, words: `what came for ${to} is no letter: ${beginning}` })
    else if (letter.digest !== this.#digests.get(letter.id))
      this.spoilt.push({ at: told.at, words: `${letter.id} for ${to} isn't what was sent: ${beginning}` })
    else this.arrivals.push({ id: letter.id, to, ...told })
  }
}
