/** A mail address on the command line: what is none is wrong usage. */
import { parseAddress } from '../mail/address.ts'
import { UsageError } from './usage-error.ts'

/** Throws `UsageError` where the text given with the option is no mail address. */
export function checkMailAddress(option: string, text: string): void {
  const parsed = parseAddress(text)
  if (parsed.ok) return
  throw new UsageError(
    `${option} ${JSON.stringify(text)} is not a mail address (${parsed.problem}); give one like someone@example.com.`,
  )
}
