/** Says that the service is off, before anything is told that holds only once it is on. */
import { Notice } from '../parts/notice.tsx'
import { formatPath } from '../state/paths.ts'
import { useDesk } from '../state/use.ts'

interface ServiceOffProps {
  readonly isOff: boolean
  /** As in `This is what the list allows once it is on.` */
  readonly what: string
}

export function ServiceOff({ isOff, what }: ServiceOffProps) {
  const { store } = useDesk()
  if (!isOff) return null
  const go = () => store.go({ page: 'smtp', tab: 'general', target: formatPath(['smtp', 'enabled']) })
  return (
    <Notice tone="warning">
      <p>
        <strong>The SMTP service is off:</strong> nobody can send now. {what}{' '}
        <button type="button" className="link" onClick={go}>
          Show the switch
        </button>
      </p>
    </Notice>
  )
}
