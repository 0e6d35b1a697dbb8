/** "Allow this client…": puts the narrowest rows that let it in into the draft, and goes there. */
import { type Proposal, proposalFor } from '../access/client-row.ts'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { useAnswer, useTurn } from '../state/ask.ts'
import { formatPath } from '../state/paths.ts'
import { useDesk, useReady } from '../state/use.ts'

interface AllowClientProps {
  /** The case that was refused. */
  readonly client: string
  readonly user: string | undefined
  readonly from: string
  readonly to: string
  readonly port: number | undefined
  onGo(): void
}

export function AllowClient({ client, user, from, to, port, onGo }: AllowClientProps) {
  const { store, bridge } = useDesk()
  const settings = useReady(({ draft }) => draft.settings)
  const asked = {
    ...{ client, from, to },
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port }),
  }
  const turn = useTurn(settings)
  const [answer] = useAnswer(
    () => proposalFor(client, user, settings, draft => bridge.ask('explainDraft', draft, asked)),
    `${turn} ${JSON.stringify(asked)}`,
  )
  if (answer.kind !== 'loaded' || answer.value.kind === 'none') return null
  if (answer.value.kind === 'in-the-way')
    return <p className="muted">A row for this client alone wouldn’t help: {answer.value.why}</p>
  const { service, global } = answer.value
  if (!service && !global) return <p className="muted">The changes that aren’t applied yet let it in.</p>
  const allow = () => {
    if (global) store.edit(['globalAccess'], global.rows)
    if (service) store.edit(['smtp', 'access'], service.rows)
    onGo()
    if (service) store.go({ page: 'smtp', tab: 'access', target: formatPath(['smtp', 'access', service.at]) })
    else if (global) store.go({ page: 'security', target: formatPath(['globalAccess', global.at]) })
  }
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
          {offerWords(answer.value, user === undefined ? 'anyone' : user, client)}
        </span>
      </div>
    </>
  )
}

function offerWords({ service, global }: Extract<Proposal, { kind: 'rows' }>, who: string, client: string) {
  const looked = 'to be looked at before it is applied.'
  if (!global) return `A row for ${who} at ${client} alone, ${looked}`
  if (!service) return `A row for ${who} at ${client} alone in the Global Access Restrictions, ${looked}`
  return `A row for ${who} at ${client} alone, here and in the Global Access Restrictions, which refuse it too, ${looked}`
}

/** Private, loopback and link-local addresses (RFC 1918, RFC 4193, RFC 3927, RFC 4291), as the relay counts them. */
function isInside(client: string): boolean {
  return /^(10\.|127\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd]|fe[89ab])/i.test(client)
}
