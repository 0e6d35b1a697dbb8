/** Errands: what a client asks of us without bringing a message, each of which costs us time, and perhaps a line of the log. */

/** So much for each message: a hundred commands, or a thousand recipients that are put off to another one. */
const MOST = 1000
const COST = { recipient: 1, other: 10 } as const

export class Errands {
  #spent = 0

  /** One more command; whether they are too many. */
  add(line: Buffer): boolean {
    this.#spent += COST[/^rcpt /i.test(line.toString('latin1', 0, 5)) ? 'recipient' : 'other']
    return this.#spent > MOST
  }

  /** A message was brought, or whoever asks may. */
  forget(): void {
    this.#spent = 0
  }
}
