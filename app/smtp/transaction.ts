/** A mail transaction: the envelope as it grows from MAIL to DATA. */
import { type Address, formatAddress } from '../mail/address.ts'
import type { Envelope, Recipient } from '../mail/envelope.ts'
import type { MailCommand, RcptCommand } from '../mail/path.ts'

export class Transaction {
  readonly #mail: MailCommand
  readonly #accepted: string[] = []
  readonly #recipients: Recipient[] = []
  readonly #users: { readonly to: Address | 'postmaster'; readonly user: string | undefined }[] = []

  constructor(mail: MailCommand) {
    this.#mail = mail
  }

  /** Empty for the null reverse-path. */
  get sender(): string {
    const { reversePath } = this.#mail
    return reversePath === null ? '' : formatAddress(reversePath)
  }

  get smtpUtf8(): boolean {
    return this.#mail.smtpUtf8
  }

  /** What the client named and got a 250 for, as often as it named it. */
  get accepted(): readonly string[] {
    return this.#accepted
  }

  /** What was accepted while somebody other than `user` was logged on. */
  acceptedForOthers(user: string | undefined): readonly (Address | 'postmaster')[] {
    return this.#users.filter(accepted => accepted.user !== user).map(({ to }) => to)
  }

  /** The same as `accepted`, by who was logged on: mostly one throughout. */
  acceptedByUser(): readonly { readonly user: string | undefined; readonly to: readonly string[] }[] {
    return [...new Set(this.#users.map(({ user }) => user))].map(user => ({
      user,
      to: this.#accepted.filter((_, at) => this.#users[at]?.user === user),
    }))
  }

  /** `places`: what the recipient stands for; `user`: who was logged on. */
  accept(named: string, places: readonly Recipient[], command: RcptCommand, user?: string): void {
    const { forwardPath, notify, orcpt } = command
    this.#users.push({ to: forwardPath, user })
    this.#accepted.push(named)
    for (const place of places) {
      const asked = { ...(notify && { notify }), ...(orcpt !== undefined && { orcpt }) }
      if (!this.#recipients.some(other => isSamePlace(other, place)))
        this.#recipients.push({ ...place, ...asked })
    }
  }

  /** `eightBit`: what the content turned out to hold, whatever MAIL announced. */
  envelope(eightBit: boolean): Envelope {
    const { body, smtpUtf8, ret, envid } = this.#mail
    return {
      reversePath: this.sender,
      recipients: this.#recipients,
      body: eightBit ? '8bitmime' : body,
      smtpUtf8,
      ...(ret && { ret }),
      ...(envid !== undefined && { envid }),
    }
  }
}

/** A mailbox or an address that is named twice, or twice by aliases, gets the message once. */
function isSamePlace(one: Recipient, other: Recipient): boolean {
  if (one.mailbox !== undefined || other.mailbox !== undefined) return one.mailbox === other.mailbox
  return one.address === other.address
}
