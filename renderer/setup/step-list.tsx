/** The steps of the first run: where one is, and the way back to any that was shown. */
import type { FirstForm, Step } from '../state/first-form.ts'
import { steps, stepTitles } from './form.ts'

interface StepListProps {
  readonly form: FirstForm
  go(step: Step): void
}

export function StepList({ form, go }: StepListProps) {
  const reached = steps.indexOf(form.reached)
  const isOver = form.step === 'test'
  return (
    <ol className="setup-steps" aria-label="Steps">
      {steps.map((step, at) => (
        <li key={step}>
          <button
            type="button"
            className="step"
            aria-current={step === form.step ? 'step' : undefined}
            disabled={at > reached || isOver || step === 'test'}
            onClick={() => go(step)}
          >
            <span className="step-number" aria-hidden>
              {at + 1}
            </span>
            {stepTitles[step]}
          </button>
        </li>
      ))}
    </ol>
  )
}
