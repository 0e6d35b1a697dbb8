/** What to do about a test message's outcome, in words. */
import type { SentTest } from '../state/settings.ts'

/** Of what the next hop said; undefined where its own words say it all. */
export function adviceOn({ delivered, text }: SentTest, to: string): string {
  if (delivered)
    return `The next hop answers for the message now. Look whether it arrives at ${to}, also among the spam.`
  if (/^held/i.test(text)) return 'No mail sender takes this address, so the message waits in the queue.'
  if (/\b(535|534|530)\b|log on|5\.7\.(8|9|57)\b/.test(text))
    return 'The sign-in was refused: look at the user name and password, and whether the provider wants an app password.'
  if (/5\.7\.(1|60)\b|not (allowed|permitted)|send ?as|sender/i.test(text))
    return 'The server does not take mail from this sender: write an address under From that the sign-in may send as.'
  if (/\b5\.1\.\d\b|no such|unknown (user|recipient)/i.test(text))
    return 'The address of the recipient is refused: look whether it is spelt right.'
  if (/\b4\d\d\b|connect|reached|in time|name of/i.test(text))
    return 'That may pass: the message stays in the queue and is tried again. If it doesn’t, look at the server’s name, its port, and a firewall between.'
  return 'The message was returned. Look at what the server said, and change what it names.'
}
