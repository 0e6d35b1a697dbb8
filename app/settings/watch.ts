/** Notices that a file may have changed, however it is written: in place, by a rename, or through a link. */
import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Milliseconds of quiet before a change is told, since editors write in several steps. */
const quiet = 100

/** Milliseconds between looks, for network drives and links, of whose changes the system tells nothing. */
const interval = 5000

export class FileWatch {
  readonly #file: string
  readonly #changed: () => void
  readonly #watcher: FSWatcher | undefined
  readonly #looks: NodeJS.Timeout
  #seen: string
  #timer: NodeJS.Timeout | undefined

  /** What is written from now on is told. */
  constructor(file: string, changed: () => void) {
    this.#file = file
    this.#changed = changed
    this.#seen = fingerprint(file)
    this.#watcher = this.#watchFolder()
    this.#looks = setInterval(() => this.#look(), interval)
  }

  close(): void {
    clearTimeout(this.#timer)
    clearInterval(this.#looks)
    this.#watcher?.close()
  }

  /** Undefined where the system has no watchers left: then the looks from time to time must do. */
  #watchFolder(): FSWatcher | undefined {
    try {
      const watcher = watch(dirname(this.#file), (_, name) => {
        if (name === null || name === basename(this.#file)) this.#soon()
      })
      return watcher.on('error', () => watcher.close())
    } catch {
      return undefined
    }
  }

  #look(): void {
    const now = fingerprint(this.#file)
    if (now !== this.#seen) this.#soon()
    this.#seen = now
  }

  #soon(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#changed, quiet)
  }
}

/** Of what a link leads to; one word where there is nothing. */
function fingerprint(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch {
    return 'none'
  }
}
