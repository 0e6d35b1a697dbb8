/** Settings that were refused, as an error with all their problems: a relay can't start, or be opened, with them. */
import type { Problem } from '../settings/settings.ts'

export class SettingsRefusal extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super('The settings have problems; correct them.')
    this.name = 'SettingsRefusal'
    this.problems = problems
  }
}
