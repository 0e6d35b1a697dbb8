/** The answers to the window's requests: the relay's own, and those that only the app has. */
import { hostname } from 'node:os'
import type { Requests, Snapshot, WindowRequests } from './bridge.ts'
import type { RelayHost } from './relay-host.ts'
import type { Teller } from './tell.ts'

/** What the answers are made from. */
export interface AnswerParts {
  readonly host: RelayHost
  readonly teller: Pick<Teller, 'forget'>
  readonly app: () => Snapshot['app']
  readonly setAutostart: (on: boolean) => Promise<void>
  readonly openHelp: (topic: string) => Promise<void>
}

export function answersOf(parts: AnswerParts): Requests {
  const { host } = parts
  return { ...host.relay.control, status: () => host.status(), ...windowAnswers(parts) }
}

function windowAnswers(parts: AnswerParts): WindowRequests {
  const { host, setAutostart, openHelp } = parts
  const { drafts } = host.relay
  return {
    snapshot: () => takeSnapshot(parts),
    review: async draft => drafts.review(draft),
    applyDraft: (draft, revision) => drafts.apply(draft, revision),
    explainDraft: async (draft, asked) => drafts.explain(draft, asked),
    mendDraft: async (draft, finding) => drafts.mend(draft, finding),
    restore: file => drafts.restore(file),
    pause: paused => host.pause(paused),
    setAutostart,
    openHelp,
  }
}

/** Of one moment: whatever comes after it is told to the window, and nothing before it again. */
async function takeSnapshot(parts: AnswerParts): Promise<Snapshot> {
  const { host, teller } = parts
  const { control, drafts, machine } = host.relay
  await host.recent.ready
  for (;;) {
    const before = drafts.base()
    const asked = [host.status(), control.listUsers(), control.listSecrets(), control.history()] as const
    const [status, users, secrets, history] = await Promise.all(asked)
    const base = drafts.base()
    if (base.revision !== before.revision) continue
    teller.forget()
    return {
      ...{ status, users, secrets, history, ...base, events: host.recent.events },
      machine: { ...machine, hostname: hostname() },
      app: parts.app(),
    }
  }
}
