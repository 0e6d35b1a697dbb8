/** The form of the first questions: begun, made into answers, and kept between two visits. */
import type { FirstAnswers as Answers, FirstForm, FoundMail, Step } from '../state/first-form.ts'
import type { Problem } from '../state/settings.ts'
import type { Ready } from '../state/state.ts'

export const steps: readonly Step[] = ['domain', 'mail', 'leaves', 'people', 'review', 'test']

export const stepTitles: Readonly<Record<Step, string>> = {
  domain: 'Your domain',
  mail: 'Where mail goes',
  leaves: 'How mail leaves',
  people: 'Who may send',
  review: 'What will change',
  test: 'A test message',
}

export function newForm({ setup, base }: Ready): FirstForm {
  return {
    step: 'domain',
    reached: 'domain',
    domain: base.localDomains[0] ?? setup.domain,
    mail: base.localDomains.length > 0 ? 'here' : 'elsewhere',
    officeServer: '',
    leaves: 'provider',
    server: '',
    encryption: 'starttls-required',
    signIn: '',
    signInBy: 'oauth2',
    clientId: '',
    password: '',
    people: 'office',
    users: base.users.map(({ name }) => name),
    newName: '',
    newPassword: '',
  }
}

/** Whether the answers need an account that is not there yet, and in which question it is made. */
export function newUserStep(form: FirstForm, accounts: number): Step | undefined {
  if (accounts > 0) return undefined
  if (form.mail === 'here') return 'mail'
  return form.people === 'office' ? undefined : 'people'
}

/** The name to sign in with; what was written before another way was chosen doesn't count. */
export function signInOf({ leaves, signIn }: FirstForm): string {
  return leaves === 'direct' ? '' : signIn.trim()
}

/** Whether a person is to sign in with Microsoft or Google in a browser. */
export function signsInByOAuth({ leaves, signInBy }: Pick<FirstForm, 'leaves' | 'signInBy'>): boolean {
  return (leaves === 'microsoft-365' || leaves === 'google') && signInBy === 'oauth2'
}

/** Whether a password or a client secret belongs to the sign-in: Microsoft’s registrations have none. */
export function asksSecret(form: FirstForm): boolean {
  return !signsInByOAuth(form) || form.leaves === 'google'
}

export function answersOf(form: FirstForm, accounts: number): Answers {
  const { domain, mail, officeServer, leaves, server, encryption, signInBy, clientId, people, users } = form
  const signIn = signInOf(form)
  const name = form.newName.trim()
  const isNew = newUserStep(form, accounts) !== undefined
  const newUser = { name, addresses: [`${name}@${domain.trim()}`], password: form.newPassword }
  const way = { leaves, server, encryption, signIn, signInBy, clientId }
  const said = { domain, mail, officeServer, ...way, people, users }
  return isNew && name !== '' ? { ...said, newUser } : said
}

/** Where a problem is mended. */
export function stepOf(path: string, form: FirstForm): Step {
  if (path.startsWith('newUser')) return form.mail === 'here' ? 'mail' : 'people'
  const [first = ''] = path.split(/[.[]/)
  const at: Readonly<Record<string, Step>> = {
    domain: 'domain',
    hostname: 'domain',
    localDomains: 'domain',
    officeServer: 'mail',
    server: 'leaves',
    encryption: 'leaves',
    signIn: 'leaves',
    clientId: 'leaves',
    password: 'leaves',
    delivery: 'leaves',
    users: 'people',
    smtp: 'people',
  }
  return at[first] ?? 'domain'
}

export function problemAt(problems: readonly Problem[], path: string): string | undefined {
  return problems.find(problem => problem.path === path)?.text
}

/** What DNS suggests for questions that weren't reached yet. */
export function suggested(form: FirstForm, found: FoundMail): Partial<FirstForm> {
  if (steps.indexOf(form.reached) > 0) return { found }
  const { mail, submission } = found
  const leaves = mail === 'microsoft-365' || mail === 'google' ? mail : 'provider'
  if (!submission) return { found, leaves }
  const encryption = submission.tls ? 'tls' : 'starttls-required'
  return { found, leaves, encryption, server: `${submission.host}:${submission.port}` }
}

/** As it may be kept between two visits: without passwords. Undefined where it is none. */
export function rememberedForm(text: string | null): FirstForm | undefined {
  try {
    const kept: unknown = JSON.parse(text ?? '')
    const isForm = typeof kept === 'object' && kept !== null && 'step' in kept && 'newPassword' in kept
    return isForm ? { ...({ signInBy: 'oauth2', clientId: '' } as const), ...(kept as FirstForm) } : undefined
  } catch {
    return undefined
  }
}

export function formText(form: FirstForm): string {
  const step = form.step === 'test' ? 'domain' : form.step
  return JSON.stringify({ ...form, step, password: '', newPassword: '' })
}
