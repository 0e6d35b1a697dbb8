/** What can be asked while settings.json is broken: what mends it; all else is refused with what is wrong in it. */
import type { Journal } from '../log/journal.ts'
import type { BrokenSettings } from '../settings/broken.ts'
import { type Checks, parseSettingsText } from '../settings/parse.ts'
import { setPath } from '../settings/path.ts'
import type { Applied, Changer } from '../settings/settings.ts'
import type { Control } from './control.ts'
import type { SettingsRefusal } from './refusal.ts'

export interface MendingParts {
  readonly broken: BrokenSettings
  readonly checks: Checks
  readonly journal: Journal
}

/** All that isn't answered rejects with `refusal`. */
export function mendingControl({ broken, checks, journal }: MendingParts, refusal: SettingsRefusal): Control {
  const refuse = () => Promise.reject(refusal)
  const logged = async (change: Promise<Applied>, by: Changer) => {
    const applied = await change
    if (applied.ok) journal.emit({ kind: 'settings-applied', by, words: applied.words })
    return applied
  }
  return {
    setSettings: (path, value, by, consent) =>
      logged(
        broken.edit(raw => setPath(raw, path, value), by, consent),
        by,
      ),
    importSettings: (text, by, consent) => logged(broken.applyText(text, by, consent), by),
    async checkSettings(text) {
      const parsed = parseSettingsText(text, checks)
      return parsed.ok ? [] : parsed.problems
    },
    history: () => broken.history(),
    undo: by => logged(broken.undo(by), by),
    readEarlier: file => broken.earlier(file),
    restoreEarlier: (file, by, consent) => logged(broken.restore(file, by, consent), by),
    readLog: query => journal.read({ ...query, limit: query.limit ?? 1000 }),
    status: refuse,
    getSettings: refuse,
    planRemoteUsers: refuse,
    letRemoteUsersSend: refuse,
    listUsers: refuse,
    addUser: refuse,
    removeUser: refuse,
    setPassword: refuse,
    listSecrets: refuse,
    setSecret: refuse,
    removeSecret: refuse,
    beginSignIn: refuse,
    waitForSignIn: refuse,
    cancelSignIn: refuse,
    listDkim: refuse,
    addDkim: refuse,
    checkDkim: refuse,
    removeDkim: refuse,
    renewCertificate: refuse,
    listBlocked: refuse,
    viewAddress: refuse,
    unblock: refuse,
    explain: refuse,
    whyRefused: refuse,
    audit: refuse,
    auditRanges: refuse,
    mend: refuse,
    compareSettings: refuse,
    compareRoutes: refuse,
    replaySettings: refuse,
    previewImport: refuse,
    importList: refuse,
    exportList: refuse,
    listQueue: refuse,
    findMessages: refuse,
    showMessage: refuse,
    meanings: refuse,
    holdMessages: refuse,
    releaseMessages: refuse,
    retryMessages: refuse,
    removeMessages: refuse,
    sendTest: refuse,
    doctor: refuse,
  }
}
