/** The answers to the window's requests: the relay's own, and those that only the app has. */
import { hostname } from 'node:os'
import type { Control } from '../app/control/control.ts'
import { OPEN_RELAY_SENTENCE } from '../app/control/open-relay-guard.ts'
import type { Requests, Snapshot, WindowRequests } from './bridge.ts'
import type { KeptDraft } from './kept-draft.ts'
import type { RelayHost } from './relay-host.ts'
import type { SignInPages } from './sign-in-pages.ts'
import type { Teller } from './tell.ts'

/** What the answers are made from. */
export interface AnswerParts {
  readonly host: RelayHost
  readonly teller: Pick<Teller, 'forget'>
  readonly kept: KeptDraft
  readonly app: () => Snapshot['app']
  readonly setAutostart: (on: boolean) => Promise<void>
  readonly pages: SignInPages
  readonly copyText: (text: string) => void
}

export function answersOf(parts: AnswerParts): Requests {
  const { host, pages } = parts
  const { control } = host.relay
  return {
    ...control,
    ...withoutConsent(control),
    beginSignIn: (name, way) => pages.begin(name, way),
    status: () => host.status(),
    ...windowAnswers(parts),
  }
}

/** The window gives its consent by the sentence, and in no other way. */
function withoutConsent(control: Control): Pick<Requests, Consenting> {
  return {
    undo: by => control.undo(by),
    restoreEarlier: (file, by) => control.restoreEarlier(file, by),
    mend: (finding, by) => control.mend(finding, by),
    letRemoteUsersSend: (asked, by) => control.letRemoteUsersSend(asked, by),
  }
}

type Consenting = 'undo' | 'restoreEarlier' | 'mend' | 'letRemoteUsersSend'

function windowAnswers(parts: AnswerParts): WindowRequests {
  const { host, kept, setAutostart, pages, copyText } = parts
  const { drafts, setup } = host.relay
  return {
    ...setup,
    snapshot: () => takeSnapshot(parts),
    review: draft => drafts.review(draft),
    applyDraft: (draft, revision, passwords, sentence) => drafts.apply(draft, revision, passwords, sentence),
    explainDraft: (draft, asked) => drafts.explain(draft, asked),
    longList: (of, list, from, count) => drafts.rows(of, list, from, count),
    keepDraft: async draft => kept.keep(draft),
    keptDraft: async () => kept.draft,
    mendDraft: (draft, finding) => drafts.mend(draft, finding),
    restore: (file, sentence) => drafts.restore(file, sentence),
    takeBack: sentence => drafts.undo(sentence),
    openSignInPage: id => pages.open(id),
    pause: paused => host.pause(paused),
    setAutostart,
    copyText: async text => copyText(text),
  }
}

/** Of one moment: whatever comes after it is told to the window, and nothing before it again. */
async function takeSnapshot(parts: AnswerParts): Promise<Snapshot> {
  const { host, teller } = parts
  const { control, drafts, machine, setup } = host.relay
  await host.recent.ready
  for (;;) {
    const before = drafts.base()
    const [status, users, secrets, history, begun] = await Promise.all([
      host.status(),
      control.listUsers(),
      control.listSecrets(),
      control.history(),
      setup.setup(),
    ])
    const base = drafts.base()
    if (base.revision !== before.revision) continue
    teller.forget()
    return {
      ...{ status, users, secrets, history, ...base, events: host.recent.events },
      machine: { ...machine, hostname: hostname() },
      setup: begun,
      openRelaySentence: OPEN_RELAY_SENTENCE,
      app: parts.app(),
    }
  }
}
