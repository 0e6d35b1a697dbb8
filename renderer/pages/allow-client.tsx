/** "Allow this client…": puts the narrowest row that lets it in into the draft, and goes there. */
import { clientRow, rowsWith } from '../access/client-row.ts'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { formatPath } from '../state/paths.ts'
import { useDesk, useReady } from '../state/use.ts'

interface AllowClientProps {
  readonly client: string
  readonly user: string | undefined
  /** Of the row that refused, counted from 1; the new one goes before it. */
  readonly row: number | null
  onGo(): void
}

export function AllowClient({ client, user, row, onGo }: AllowClientProps) {
  const { store } = useDesk()
  const smtp = useReady(({ draft }) => draft.settings.smtp)
  const fresh = clientRow(client, user, smtp, row === null ? undefined : smtp.access[row - 1])
  if (!fresh) return null
  const allow = () => {
    const { at, rows } = rowsWith(fresh, row, smtp.access)
    store.edit(['smtp', 'access'], rows)
    onGo()
    store.go({ page: 'smtp', tab: 'access', target: formatPath(['smtp', 'access', at]) })
  }
  const who = user === undefined ? 'anyone at' : `${user} at`
  return (
    <>
      {user === undefined && !isInside(client) && (
        <Notice tone="warning">
          <p>
            <strong>This is an address on the Internet:</strong> whoever has it, now or later, could then send
            through this server without logging on.
          </p>
        </Notice>
      )}
      <div className="toolbar">
        <Button onPress={allow}>Allow this client…</Button>
        <span className="muted">
          A row for {who} {client} alone, to be looked at before it is applied.
        </span>
      </div>
    </>
  )
}

/** Private, loopback and link-local addresses (RFC 1918, RFC 4193, RFC 3927, RFC 4291), as the relay counts them. */
function isInside(client: string): boolean {
  return /^(10\.|127\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd]|fe[89ab])/i.test(client)
}
