/** What a question of the first run is given. */
import type { FirstForm } from '../state/first-form.ts'
import type { Problem } from '../state/settings.ts'

export interface QuestionProps {
  readonly form: FirstForm
  edit(change: Partial<FirstForm>): void
  readonly problems: readonly Problem[]
}
