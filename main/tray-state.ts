/** What the tray shows of a status: one of four pictures, a tooltip, and the menu. */
import type { MenuItemConstructorOptions } from 'electron'
import type { Status, Warning, WarningKind } from '../app/control/control.ts'
import { STRANGERS } from '../app/control/hop-answers.ts'
import type { SignInReason } from '../app/mail/sign-in-reason.ts'

/**
 * `letter`: mail waits; `full`: a person is needed, since mail is held, something keeps it from getting on, or this is an
 * open relay; `crossed`: no mail is taken.
 */
export type TrayState = 'plain' | 'letter' | 'full' | 'crossed'

export interface TrayActions {
  open(): void
  pause(paused: boolean): void
  sendNow(): void
  copyDeviceSettings(): void
  help(): void
  quit(): void
}

export function trayState(status: Status): TrayState {
  if (!takesMail(status)) return 'crossed'
  if (status.queue.held > 0 || status.openRelay || needWords(status) !== undefined) return 'full'
  return status.queue.waiting > 0 ? 'letter' : 'plain'
}

/** As in `Postern: running, 21 waiting (2 held)`. */
export function tooltip(status: Status): string {
  return `Postern: ${statusLine(status)}`
}

export function menuTemplate(status: Status, actions: TrayActions): MenuItemConstructorOptions[] {
  const pauses = takesMail(status)
  return [
    { label: 'Open Postern', click: () => actions.open() },
    { label: capital(menuLine(status)), enabled: false },
    { type: 'separator' },
    { label: pauses ? 'Pause taking mail' : 'Resume taking mail', click: () => actions.pause(pauses) },
    {
      label: 'Send waiting mail now',
      enabled: status.running && status.queue.waiting > 0,
      click: () => actions.sendNow(),
    },
    { label: 'Copy device settings', click: () => actions.copyDeviceSettings() },
    { type: 'separator' },
    { label: 'Help', click: () => actions.help() },
    { label: 'Quit Postern', click: () => actions.quit() },
  ]
}

/** What needs a person, or soon will, the first of these; a sign-in has words of its own. */
const needs: readonly (readonly [WarningKind, string])[] = [
  ['sign-in', 'sign-in needed'],
  ['disk-low', 'disk low'],
  ['hop-down', 'mail server down'],
  ['dkim-key', 'DKIM key missing'],
  ['next-hop', 'mail put off'],
  ['stuck-mail', 'mail stuck'],
  ['certificate', 'certificate needs you'],
]

function needWords({ warnings, signIns = [] }: Status): string | undefined {
  const [first] = needs.filter(([kind]) => warnings.some(one => one.kind === kind && isOurs(one)))
  const [signIn] = signIns.flatMap(({ standing }) =>
    standing.kind === 'needs-person' ? [signInWords[standing.reason]] : [],
  )
  return signIn ?? first?.[1]
}

/** Of strangers' servers some are always away: their mail is told of when it is stuck. */
function isOurs({ about }: Warning): boolean {
  return about === undefined || about.some(name => name !== STRANGERS)
}

function takesMail({ running, listeners }: Status): boolean {
  return running && listeners.length > 0
}

function statusLine(status: Status): string {
  const open = status.openRelay ? 'OPEN RELAY, ' : ''
  return [`${open}${stateWords(status)}`, needWords(status) ?? [], queueWords(status)].flat().join(', ')
}

const signInWords: Readonly<Record<SignInReason, string>> = {
  never: 'sign-in needed',
  ended: 'sign-in ended',
  forbidden: 'sign-in forbidden',
  settings: 'sign-in not set up',
  'not-taken': 'sign-in not taken',
  unreachable: 'sign-in needed',
  busy: 'sign-in needed',
  unkept: 'sign-in needed',
}

function stateWords(status: Status): string {
  if (!status.running) return 'not running'
  return takesMail(status) ? 'running' : 'not taking mail'
}

function queueWords({ queue: { waiting, held } }: Status): string {
  if (waiting === 0 && held === 0) return 'nothing waiting'
  return held === 0 ? `${waiting} waiting` : `${waiting} waiting (${held} held)`
}

/** Without numbers, so that the menu is seldom another: see `TrayIcon`. */
function menuLine(status: Status): string {
  const { waiting, held } = status.queue
  const what = [...(waiting > 0 ? ['waiting'] : []), ...(held > 0 ? ['held'] : [])].join(' and ')
  const mail = what === '' ? 'nothing waiting' : `mail ${what}`
  return [stateWords(status), needWords(status) ?? [], mail].flat().join(', ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
