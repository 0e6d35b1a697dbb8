/** What stops when a person quits. */
import type { Status } from '../app/control/control.ts'

export function quitWords(status: Status | undefined): string {
  const stops =
    'No mail is taken or delivered until Postern is started again: computers and printers that send through it will report an error.'
  const { messages } = status?.queue ?? { messages: 0 }
  if (messages === 0) return stops
  const kept = messages === 1 ? '1 message that waits is kept' : `${messages} messages that wait are kept`
  return `${stops}\n\n${kept} and sent after the next start.`
}
