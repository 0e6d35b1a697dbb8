/** The first questions as a form: what stands in each field, also in those that the other answers hide. */
import type { Requests } from '../../main/bridge.ts'

export type FirstAnswers = Parameters<Requests['planFirstRun']>[0]
export type FoundMail = Awaited<ReturnType<Requests['findMail']>>
export type Step = 'domain' | 'mail' | 'leaves' | 'people' | 'review' | 'test'

export interface FirstForm {
  readonly step: Step
  /** The furthest step that was shown. */
  readonly reached: Step
  readonly domain: string
  /** What DNS said of the domain; undefined while it wasn't asked. */
  readonly found?: FoundMail
  readonly mail: FirstAnswers['mail']
  readonly officeServer: string
  readonly leaves: FirstAnswers['leaves']
  readonly server: string
  readonly encryption: FirstAnswers['encryption']
  readonly signIn: string
  /** At Microsoft 365 and Google. */
  readonly signInBy: FirstAnswers['signInBy']
  readonly clientId: string
  /** Or the client's secret. */
  readonly password: string
  readonly people: FirstAnswers['people']
  readonly users: readonly string[]
  readonly newName: string
  readonly newPassword: string
}
