/** Queued mail that a change sends elsewhere, as a table for a person. */
import type { Rerouting } from '../control/control.ts'
import type { Column } from './table.ts'

interface Printer {
  print(text: string): void
  printTable(shape: readonly Column[], rows: readonly (readonly string[])[]): void
}

/** Below what was printed before; nothing where there is none. `would`: the change isn't made. */
export function showRerouting(
  shell: Printer,
  { recipients, messages, list }: Rerouting,
  would: boolean,
): void {
  if (recipients === 0) return
  const [mail, goes] = [
    recipients === 1 ? '1 recipient' : `${recipients} recipients`,
    would ? 'would go' : recipients === 1 ? 'goes' : 'go',
  ]
  shell.print('')
  shell.print(
    `${mail} of ${messages === 1 ? '1 queued message' : `${messages} queued messages`} ${goes} another way:`,
  )
  shell.printTable(
    [{ title: 'id', whole: true }, { title: 'to' }, { title: 'before' }, { title: 'after' }],
    list.map(({ id, to, before, after, sending }) => [
      id,
      to,
      before,
      sending ? `${after}, unless it is being sent right now` : after,
    ]),
  )
  if (recipients > list.length) shell.print(`and ${recipients - list.length} more`)
}
