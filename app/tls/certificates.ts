/** The certificate in force: read from where the settings say, and again when its files change. */
import type { Emit } from '../log/event.ts'
import type { CertificateSettings, Parsed, Settings } from '../settings/settings.ts'
import { FileWatch } from '../settings/watch.ts'
import { readAcmeFile } from './acme-file.ts'
import { type Certificate, factsOf, isSame, type KeyMaterial } from './certificate.ts'
import { FilesUnusable, readCertificateFiles } from './files.ts'
import { forOldDevices } from './old-certificate.ts'
import { openCertificate, ownFiles, readOwn } from './own.ts'

/** Milliseconds between looks while what the settings name can't be used: a secret may have been set. */
const AGAIN = 5000

export interface CertificateParts {
  /** Where our own key and certificate are. */
  readonly folder: string
  readonly secret: (name: string) => string | undefined
  readonly emit: Emit
}

export class Certificates {
  readonly #parts: CertificateParts
  #settings: CertificateSettings
  #current: Certificate
  #trouble: string | undefined
  readonly #changed = new Set<() => void>()
  #watches: readonly FileWatch[] = []
  #timer: NodeJS.Timeout | undefined
  #reading: Promise<void> = Promise.resolve()

  /** Rejects with `CertificateUnusable` where not even our own can be used. */
  static async open(parts: CertificateParts, { certificate, hostname }: Settings): Promise<Certificates> {
    const own = async () => openCertificate(parts.folder, hostname)
    if (certificate.source === 'own') return new Certificates(parts, certificate, await own(), undefined)
    try {
      return new Certificates(
        parts,
        certificate,
        (await read(certificate, parts)) ?? (await own()),
        undefined,
      )
    } catch (error) {
      // A relay that encrypts with its own certificate does more good than one that doesn't start.
      return new Certificates(parts, certificate, await own(), wordsOf(error))
    }
  }

  private constructor(
    parts: CertificateParts,
    settings: CertificateSettings,
    current: Certificate,
    trouble: string | undefined,
  ) {
    this.#parts = parts
    this.#settings = settings
    this.#current = current
    this.#trouble = trouble
    if (trouble !== undefined) this.#tell(trouble)
  }

  get current(): Certificate {
    return this.#current
  }

  /** Why another one is in use than the settings name; a sentence that says what to do. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** The one for old devices; rejects with the system's error. */
  forOldDevices(hostname: string): Promise<KeyMaterial> {
    return forOldDevices(this.#current, this.#parts.folder, hostname)
  }

  /** Calls each time when another certificate is in force. */
  onChange(changed: () => void): void {
    this.#changed.add(changed)
  }

  /** What other settings would put in force; nothing is changed. */
  async prepare({ certificate, hostname }: Settings): Promise<Parsed<Certificate>> {
    if (isAlike(certificate, this.#settings)) return { ok: true, value: this.#current }
    try {
      const found = await read(certificate, this.#parts)
      return { ok: true, value: found ?? (await openCertificate(this.#parts.folder, hostname)) }
    } catch (error) {
      const path = error instanceof FilesUnusable ? `certificate.${error.setting}` : 'certificate.source'
      return { ok: false, problems: [{ path, text: wordsOf(error) }] }
    }
  }

  /** Puts what was prepared in force. */
  use({ certificate }: Settings, prepared: Certificate): void {
    if (isAlike(certificate, this.#settings)) return
    this.#settings = certificate
    this.#trouble = undefined
    this.#take(prepared)
    if (this.#timer) this.watch()
  }

  /** From now on changed files are read again. */
  watch(): void {
    this.close()
    const files = filesOf(this.#settings, this.#parts.folder)
    this.#watches = files.map(file => new FileWatch(file, () => void this.reload()))
    this.#timer = setInterval(() => {
      if (this.#trouble !== undefined) void this.reload()
    }, AGAIN)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const watch of this.#watches) watch.close()
    this.#watches = []
  }

  /** Reads it again; what can't be used leaves the one in force. Never rejects. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read())
    return this.#reading
  }

  async #read(): Promise<void> {
    const settings = this.#settings
    try {
      const found = await read(settings, this.#parts)
      if (settings !== this.#settings) return
      this.#trouble = undefined
      if (found) this.#take(found)
    } catch (error) {
      if (settings !== this.#settings) return
      const words = wordsOf(error)
      if (words !== this.#trouble) this.#tell(words)
      this.#trouble = words
    }
  }

  #take(certificate: Certificate): void {
    const before = this.#current
    this.#current = certificate
    if (isSame(before, certificate)) return
    const { names, until } = factsOf(certificate)
    this.#parts.emit({ kind: 'certificate-used', names, until })
    for (const changed of this.#changed) changed()
  }

  #tell(trouble: string): void {
    this.#parts.emit({ kind: 'warning', text: `${trouble} The certificate used so far stays.` })
  }
}

/** Undefined where there is none yet. */
async function read(
  settings: CertificateSettings,
  { folder, secret }: CertificateParts,
): Promise<Certificate | undefined> {
  switch (settings.source) {
    case 'own':
      return readOwn(folder)
    case 'files':
      return readCertificateFiles(settings, secret)
    case 'acme':
      return (await readAcmeFile(folder))?.certificate
  }
}

function filesOf(settings: CertificateSettings, folder: string): readonly string[] {
  const { source, file, keyFile } = settings
  if (source === 'own') return Object.values(ownFiles(folder))
  if (source === 'acme') return []
  return [file, keyFile].filter(path => path !== undefined)
}

/** Names and times of ACME belong to the renewal, which reads them itself. */
function isAlike(one: CertificateSettings, other: CertificateSettings): boolean {
  const chosen = ({ source, file, keyFile, passphrase }: CertificateSettings) =>
    JSON.stringify([source, file, keyFile, passphrase])
  return chosen(one) === chosen(other)
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
