/** Which component shows which page, and how the sidebar groups them. */
import { HelpPage } from '../help/help-page.tsx'
import { LocalMailPage } from '../pages/local-mail.tsx'
import { LogPage } from '../pages/log.tsx'
import { QueuePage } from '../pages/queue.tsx'
import { SecurityPage } from '../pages/security.tsx'
import { SendersPage } from '../pages/senders.tsx'
import { SmtpPage } from '../pages/smtp.tsx'
import { StatusPage } from '../pages/status.tsx'
import { ToolsPage } from '../pages/tools.tsx'
import { UsersPage } from '../pages/users.tsx'
import { FirstRunPage } from '../setup/first-run.tsx'
import type { PageName } from '../state/place.ts'

export const pages: Readonly<Record<PageName, () => React.ReactNode>> = {
  'first-run': FirstRunPage,
  status: StatusPage,
  smtp: SmtpPage,
  users: UsersPage,
  'local-mail': LocalMailPage,
  senders: SendersPage,
  queue: QueuePage,
  log: LogPage,
  security: SecurityPage,
  tools: ToolsPage,
  help: HelpPage,
}
