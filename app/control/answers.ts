/** The whole of `Control`, answered from the relay's parts. */

import type { Case } from '../access/decision.ts'
import { accountAnswers } from './account-answers.ts'
import { renewCertificate } from './certificate-checks.ts'
import type { Control } from './control.ts'
import type { DkimRequest } from './dkim-answers.ts'
import { examine } from './doctor.ts'
import { exchangeAnswers } from './exchange-answers.ts'
import { explainAnswer } from './explain-answer.ts'
import { guardAnswers, withBlock } from './guard-answers.ts'
import type { ControlParts } from './parts.ts'
import { proofAnswers } from './proof-answers.ts'
import { queueAnswers } from './queue-answers.ts'
import { remoteAnswers } from './remote-answers.ts'
import { settingsAnswers } from './settings-answers.ts'
import { statusAnswer } from './status-answer.ts'
import { sendTest } from './test-message.ts'
import { whyAnswer } from './why-answer.ts'

/** All but what is made of changes, which may be worked out elsewhere. */
export function controlOf(parts: ControlParts): Omit<Control, DkimRequest> {
  const { secrets, journal, guard, renewal } = parts
  const explain = (asked: Case) =>
    withBlock(
      explainAnswer(
        asked,
        parts.policy(),
        parts.store.current.settings,
        parts.names(),
        parts.now(),
        parts.standing(),
      ),
      asked.client,
      parts,
    )
  return {
    status: () => statusAnswer(parts),
    ...settingsAnswers(parts),
    ...accountAnswers(parts),
    ...remoteAnswers(parts),
    listSecrets: async () => secrets.names(),
    setSecret: async (name, value) => {
      await secrets.set(name, value)
      renewal.look()
    },
    removeSecret: name => secrets.remove(name),
    beginSignIn: (name, way) => parts.signIns.begin(name, way),
    waitForSignIn: id => parts.signIns.wait(id),
    cancelSignIn: async id => parts.signIns.cancel(id),
    ...guardAnswers(parts),
    explain: async asked => explain(asked),
    whyRefused: async events => {
      const { settings } = parts.store.current
      const view = (address: string) => guard.view(address)
      return events.map(event => whyAnswer(event, { settings, policy: parts.policy(), view, explain }))
    },
    ...proofAnswers(parts),
    ...exchangeAnswers(parts),
    ...queueAnswers(parts),
    readLog: query => journal.read({ ...query, limit: query.limit ?? 1000 }),
    sendTest: (to, from) => sendTest(parts, to, from),
    doctor: () => examine(parts),
    renewCertificate: () => renewCertificate(parts),
  }
}
