/** A mail transaction: the envelope as it grows from MAIL to DATA. */
import { type Address, formatAddress } from '../mail/address.ts'
import type { Envelope, Notify, Recipient } from '../mail/envelope.ts'
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
    const kept = orcpt === undefined ? {} : { orcpt }
    const isReported = places.length > 1 && notify?.includes('SUCCESS') === true
    // RFC 3461 section 5.2.7: several can't each report the delivery; the one address reports that it was passed on.
    const asked = isReported ? withoutSuccess(notify) : notify
    if (isReported) this.#add({ address: named, expanded: true, notify: ['SUCCESS'], ...kept })
    for (const place of places) this.#add({ ...place, ...(asked && { notify: asked }), ...kept })
  }

  #add(recipient: Recipient): void {
    if (!this.#recipients.some(other => isSamePlace(other, recipient))) this.#recipients.push(recipient)
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

function withoutSuccess(notify: readonly Notify[]): readonly Notify[] {
  const left = notify.filter(word => word !== 'SUCCESS')
  return left.length > 0 ? left : ['NEVER']
}

/** A mailbox or an address that is named twice, or twice by aliases, gets the message once. */
function isSamePlace(one: Recipient, other: Recipient): boolean {
  if (one.expanded !== other.expanded) return false
  if (one.mailbox !== undefined || other.mailbox !== undefined) return one.mailbox === other.mailbox
  return one.address === other.address
}
