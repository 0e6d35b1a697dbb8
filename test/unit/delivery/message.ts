/** Messages in the queue, for tests. */
import type { Envelope, Recipient } from '../../../app/mail/envelope.ts'
import type { Message, RecipientState } from '../../../app/queue/message.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
/** When it came in. */
export const ARRIVED = Date.UTC(2025, 0, 15, 12)

export function messageTo(
  recipients: readonly Recipient[],
  envelope: Partial<Envelope> = {},
  message: Partial<Message> = {},
): Message {
  const waiting: RecipientState = { kind: 'waiting', attempts: 0, next: ARRIVED }
  return {
    id: 'M1',
    received: ARRIVED,
    size: 100,
    envelope: { reversePath: 'a@x.example', recipients, body: '7bit', smtpUtf8: false, ...envelope },
    origin: { client: '192.0.2.1' },
    states: recipients.map(() => waiting),
    warned: false,
    ...message,
  }
}
