/** Settings that were refused, as an error with all their problems: a relay can't start, or be opened, with them. */
import type { Problem } from '../settings/settings.ts'

export class SettingsRefusal extends Error {
  readonly problems: readonly Problem[]

  constructor(file: string, problems: readonly Problem[]) {
    super(
      `The settings in ${file} can't be used: correct what follows, or bring the last ones back with "postern settings undo".`,
    )
    this.name = 'SettingsRefusal'
    this.problems = problems
  }
}
