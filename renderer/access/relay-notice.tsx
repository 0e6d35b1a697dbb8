/** Whether anybody on the Internet could send: proved, with the ranges where they could. */
import { Notice } from '../parts/notice.tsx'
import type { Audit } from '../state/settings.ts'

export function RelayNotice({ audit }: { readonly audit: Audit }) {
  // The finding that follows says it with its row.
  const isFound = audit.findings.some(({ kind }) => kind === 'open-relay')
  return audit.openRelay ? (
    <Notice tone="bad">
      <p>
        <strong>This is an open relay.</strong>
        {!isFound && ` Anyone can send without logging on from ${audit.open}.`}
      </p>
    </Notice>
  ) : (
    <Notice tone="good">
      <p>
        <strong>This is no open relay.</strong> No address of the Internet can send without logging on.
      </p>
    </Notice>
  )
}
