/** Answers about the settings: read, changed, checked, and brought back. */
import { parseSettingsText, withDefaults } from '../settings/parse.ts'
import { getPath, setPath } from '../settings/path.ts'
import type { Control } from './control.ts'
import type { SettingsParts } from './parts.ts'

type SettingsRequest = 'getSettings' | 'setSettings' | 'importSettings' | 'checkSettings' | 'history' | 'undo'

export function settingsAnswers({ store, checks }: SettingsParts): Pick<Control, SettingsRequest> {
  return {
    async getSettings(path) {
      const found = getPath(withDefaults(store.current.raw), path)
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
  }
}
