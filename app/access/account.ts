/** An account's name, as it is compared. */

/** Names are the same without case: so are the mailbox folders that bear them on Windows and macOS. */
export function accountKey(name: string): string {
  return name.toLowerCase()
}
