/** An answer: our reply in the forms that smtp-server takes. */
import type { Reply } from '../mail/reply.ts'

/** What stands behind the code. */
export function textOf({ status, text }: Reply): string {
  return status === '' ? text : `${status} ${text}`
}

/** A refusal as an error; null for the one code that says yes. */
export function asError(answered: Reply, yes: number): (Error & { responseCode?: number }) | null {
  if (answered.code === yes) return null
  return Object.assign(new Error(textOf(answered)), { responseCode: answered.code })
}
