/** The person who reads what `postern secret login` shows, and enters the code in a browser elsewhere. */
import { Browser } from '../support/authorization-server.ts'
import type { Process } from '../support/process.ts'

/** The page that the browser shows then. */
export async function enterCode(running: Process, says: 'yes' | 'no' = 'yes'): Promise<string> {
  const [, page = ''] = await running.waitFor(/Open (\S+) in a browser/)
  const [, code = ''] = await running.waitFor(/enter the code (\S+) there/)
  return new Browser().enterCode(page, code, says)
}
