/** A place in the window: a page, a tab of it, and what to point at there. */

export type PageName =
  | 'first-run'
  | 'status'
  | 'smtp'
  | 'users'
  | 'local-mail'
  | 'senders'
  | 'queue'
  | 'log'
  | 'security'
  | 'tools'
  | 'help'

export interface Place {
  readonly page: PageName
  readonly tab?: string
  /** Field or row to point at, as a path of the settings; or a message's id in the queue. */
  readonly target?: string
}

export const pageNames: readonly PageName[] = [
  'first-run',
  'status',
  'smtp',
  'users',
  'local-mail',
  'senders',
  'queue',
  'log',
  'security',
  'tools',
  'help',
]

/** `smtp/access`; undefined when there is no such page. */
export function parsePlace(text: string): Place | undefined {
  const [name, tab] = text.replace(/^#/, '').split('/')
  const page = pageNames.find(known => known === name)
  return page && (tab ? { page, tab } : { page })
}

export function formatPlace({ page, tab }: Place): string {
  return tab === undefined ? page : `${page}/${tab}`
}

const general = [
  'enabled',
  'listeners',
  'authentication',
  'internalMailWithoutAuthentication',
  'plaintextAuthentication',
  'antiRelay',
]

/** Whether settings are edited there, so that the bar of changes always stands below. */
export function editsSettings(page: PageName): boolean {
  return !['status', 'queue', 'log', 'tools', 'help'].includes(page)
}

/** Where a setting is edited. `path` is as problems name it. */
export function placeOf(path: string): Place {
  const [first = '', second = ''] = path.split(/[.[]/)
  if (first === 'users') return { page: 'users', target: path }
  if (['localDomains', 'aliases', 'catchAll'].includes(first)) return { page: 'local-mail', target: path }
  if (/^delivery\.dkim\b/.test(path)) return { page: 'security', target: path }
  if (first === 'delivery') return { page: 'senders', target: path }
  if (first === 'globalAccess' || first === 'certificate') return { page: 'security', target: path }
  return { page: 'smtp', tab: smtpTab(first, second), target: path }
}

function smtpTab(first: string, second: string): string {
  if (first !== 'smtp') return 'advanced'
  if (second === 'access' || second === 'useGlobalAccess') return 'access'
  if (second === 'ids') return 'ids'
  return general.includes(second) ? 'general' : 'limits'
}

/** Whether a problem's path is `holder` or something in it. */
export function isWithin(path: string, holder: string): boolean {
  return path === holder || path.startsWith(`${holder}.`) || path.startsWith(`${holder}[`)
}
