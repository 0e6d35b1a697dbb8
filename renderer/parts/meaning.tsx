/** What something means, why, and what to do, with the buttons that mend it. */
import { Notice } from './notice.tsx'

interface MeaningProps {
  readonly means: string
  readonly cause: string
  readonly todo: string
  readonly mends: React.ReactNode
  /** Below all. */
  readonly children?: React.ReactNode
}

export function Meaning({ means, cause, todo, mends, children }: MeaningProps) {
  return (
    <Notice tone="plain">
      <div className="meaning">
        <p>
          <strong>{means}</strong> {cause}
        </p>
        <p>{todo}</p>
        <div className="warning-mends">{mends}</div>
        {children}
      </div>
    </Notice>
  )
}
