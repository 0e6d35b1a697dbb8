/** Answers about the settings: read, changed, checked, and brought back. */
import { parseSettingsText, withDefaults } from '../settings/parse.ts'
import { getPath, setPath } from '../settings/path.ts'
import type { Control } from './control.ts'
import type { SettingsParts } from './parts.ts'
import { rowsIn, unpacked } from './pieces.ts'

type SettingsRequest =
  | 'getSettings'
  | 'setSettings'
  | 'importSettings'
  | 'checkSettings'
  | 'history'
  | 'undo'
  | 'readEarlier'
  | 'restoreEarlier'

export function settingsAnswers({ store, checks }: SettingsParts): Pick<Control, SettingsRequest> {
  return {
    async getSettings(path) {
      const { raw, settings } = store.current
      const whole = unpacked(withDefaults(raw), (_, list) => rowsIn(settings, list))
      const found = getPath(whole, path)
      return found.ok ? found.value : undefined
    },
    setSettings: (path, value, by, consent) => store.edit(raw => setPath(raw, path, value), by, consent),
    importSettings: (text, by, consent) => store.applyText(text, by, consent),
    async checkSettings(text) {
      const parsed = parseSettingsText(text, checks)
      return parsed.ok ? [] : parsed.problems
    },
    history: () => store.history(),
    undo: (by, consent) => store.undo(by, consent),
    readEarlier: file => store.earlier(file),
    restoreEarlier: (file, by, consent) => store.restore(file, by, consent),
  }
}
