/** Opening a data folder: everything in it, one after the other, each with its own words where it fails. */
import { readMachine } from '../access/machine.ts'
import { firstNetworks, firstNetworksWords } from '../access/public-network.ts'
import { SettingsRefusal } from '../control/refusal.ts'
import { DECISIONS } from '../control/replay.ts'
import { sentenceOf } from '../control/sentence.ts'
import { reroutingOf } from '../delivery/rerouting.ts'
import { Guard } from '../guard/guard.ts'
import type { Pace } from '../guard/pace.ts'
import type { Journal } from '../log/journal.ts'
import { typedNames } from '../oauth/kept-sign-in.ts'
import { Spool } from '../queue/spool.ts'
import { firstSettings } from '../settings/defaults.ts'
import type { DataFolder } from '../settings/folder.ts'
import { KeyFileSecrets } from '../settings/keyfile.ts'
import type { FolderLock } from '../settings/lock.ts'
import type { Current } from '../settings/reader.ts'
import type { Secrets } from '../settings/secrets.ts'
import { SettingsStore } from '../settings/store.ts'
import { problemLine } from '../settings/words.ts'
import { Certificates } from '../tls/certificates.ts'
import type { RenewalRules } from '../tls/renewal.ts'
import { AlertMemory } from './alert-memory.ts'
import { CHECKS } from './checks.ts'
import { Clerk } from './clerk.ts'
import { firstPort } from './first-port.ts'
import { HostNames, type NameRules } from './host-names.ts'
import { Surroundings } from './surroundings.ts'

/** What the relay is given by whoever constructs it. */
export interface RelayOptions {
  readonly version: string
  /** Where secrets are kept; a key file in the data folder where absent. */
  readonly secrets?: (folder: DataFolder, warn: (sentence: string) => void) => Promise<Secrets>
  /** Sentences for the person who starts it. */
  readonly say: (sentence: string) => void
  /** How host names in rows are looked up; `NAME_RULES` where absent. */
  readonly names?: NameRules
  /** Milliseconds between two looks at what needs a person. */
  readonly alertEvery?: number
  /** When a certificate is got from an authority again; `RENEWAL` where absent. */
  readonly renewal?: RenewalRules
  /** How log-ons that may be guesses are slowed; `PACE` where absent. */
  readonly pace?: Pace
}

/** The relay's parts, open. */
export interface Opened {
  readonly folder: DataFolder
  readonly lock: FolderLock
  readonly journal: Journal
  readonly store: SettingsStore
  readonly secrets: Secrets
  readonly certificates: Certificates
  readonly spool: Spool
  readonly surroundings: Surroundings
  readonly guard: Guard
  readonly clerk: Clerk
  readonly alertMemory: AlertMemory
  readonly version: string
  readonly alertEvery: number | undefined
  readonly renewalRules: RenewalRules | undefined
}

/** Rejects as `Relay.open` does. */
export async function openParts(
  folder: DataFolder,
  lock: FolderLock,
  journal: Journal,
  { version, secrets, say, names, alertEvery, renewal, pace }: RelayOptions,
): Promise<Opened> {
  let opening = true
  const tell = (kind: 'warning' | 'error') => (text: string) => {
    journal.emit({ kind, text })
    // Later on whoever watches the events is told by them.
    if (opening) say(text)
  }
  const clerk = new Clerk()
  const store = await openStore(folder, tell('warning'), clerk)
  clerk.current = () => store.current
  const { settings } = store.current
  const keyFile = secrets ? undefined : await KeyFileSecrets.open(folder.path)
  for (const damage of keyFile?.damages ?? []) tell('warning')(damage)
  const spool = await Spool.open(folder.spool, tell('error'))
  opening = false
  const surroundings = await openSurroundings(folder, journal, store.current, names, clerk)
  const warn = (text: string) => {
    tell('warning')(text)
    say(text)
  }
  const kept = secrets ? await secrets(folder, warn) : (keyFile as Secrets)
  const opened: Opened = {
    folder,
    lock,
    journal,
    store,
    secrets: kept,
    certificates: await Certificates.open(
      { folder: folder.tls, secret: name => kept.get(name), emit: event => journal.emit(event) },
      settings,
    ),
    spool,
    surroundings,
    guard: await openGuard(folder, journal, surroundings, pace),
    clerk,
    alertMemory: await AlertMemory.open(folder.alerts, performance.now()),
    version,
    alertEvery,
    renewalRules: renewal,
  }
  tellClerk(opened)
  return opened
}

/** When the newest message that still waits came, milliseconds since the epoch; 0 where none waits. */
export function newestIn(spool: Spool): number {
  let newest = ''
  // Ids stand in order of arrival: the others needn't be read for it.
  for (const id of spool.ids()) if (id > newest) newest = id
  return spool.get(newest)?.received ?? 0
}

/** What the clerk is to know, and may ask. */
function tellClerk({ clerk, store, journal, secrets, surroundings, spool }: Opened): void {
  clerk.place = () => ({
    machine: surroundings.place,
    names: surroundings.names,
    secrets: typedNames(secrets),
  })
  clerk.answers = {
    earlier: file => store.earlier(file),
    history: () => store.history(),
    // The queue, once there is one, knows also what is being sent.
    rerouting: (before, after) =>
      reroutingOf({ messages: () => spool.messages(), sending: () => [] }, before, after),
    decisions: () => journal.read(DECISIONS),
    setSecret: (name, value) => secrets.set(name, value),
  }
}

async function openSurroundings(
  { names: file }: DataFolder,
  journal: Journal,
  current: Current,
  rules: NameRules | undefined,
  clerk: Clerk,
): Promise<Surroundings> {
  const names = await HostNames.open(file, event => journal.emit(event), rules)
  return Surroundings.open(current.settings, undefined, undefined, names, machine => {
    clerk.place = () => ({ machine, names: [], secrets: [] })
    return clerk.compile(current)
  })
}

function openGuard(
  { guard: file }: DataFolder,
  journal: Journal,
  around: Surroundings,
  pace?: Pace,
): Promise<Guard> {
  return Guard.open({
    ids: () => around.settings.smtp.ids,
    policy: () => around.policy,
    emit: event => journal.emit(event),
    file,
    ...(pace && { pace }),
  })
}

async function openStore(
  folder: DataFolder,
  say: (sentence: string) => void,
  { reader }: Clerk,
): Promise<SettingsStore> {
  const first = async () => {
    const { port, why } = await firstPort()
    if (why !== undefined) say(why)
    const found = await readMachine()
    const words = firstNetworksWords(found)
    if (words !== '') say(words)
    return firstSettings(port, firstNetworks(found))
  }
  const { settingsFile: file, history: historyFolder } = folder
  const opened = await SettingsStore.open({
    file,
    historyFolder,
    first,
    checks: CHECKS,
    reader,
    now: Date.now,
  })
  if (!opened.ok) throw new SettingsRefusal(file, opened.problems)
  return opened.store
}

/** What the log says of an opening that was refused. */
export function refusalEvent(error: unknown) {
  if (!(error instanceof SettingsRefusal)) return { kind: 'error', text: sentenceOf(error) } as const
  return { kind: 'settings-refused', by: 'file', problems: error.problems.map(problemLine) } as const
}
