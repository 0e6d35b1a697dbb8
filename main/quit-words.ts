/** What stops when a person quits. */
import type { Status } from '../app/control/control.ts'

export function quitWords(status: Status | undefined, isEdited = false): string {
  const stops =
    'No mail is taken or delivered until Postern is started again: computers and printers that send through it will report an error.'
  return [stops, ...queueWords(status?.queue.messages ?? 0), ...(isEdited ? [edited] : [])].join('\n\n')
}

const edited = 'What was changed in the window and not applied is lost.'

function queueWords(messages: number): readonly string[] {
  if (messages === 0) return []
  const kept = messages === 1 ? '1 message that waits is kept' : `${messages} messages that wait are kept`
  return [`${kept} and sent after the next start.`]
}
