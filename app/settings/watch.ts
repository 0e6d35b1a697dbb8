/** Notices that a file may have changed, however it is written: in place, by a rename, or through a link. */
import { type FSWatcher, unwatchFile, watch, watchFile } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Milliseconds of quiet before a change is told, since editors write in several steps. */
const quiet = 100

/** Milliseconds between looks, for network drives and links, of whose changes the system tells nothing. */
const interval = 5000

export class FileWatch {
  readonly #file: string
  readonly #changed: () => void
  readonly #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(file: string, changed: () => void) {
    this.#file = file
    this.#changed = changed
    watchFile(file, { interval }, this.#soon)
    this.#watcher = this.#watchFolder()
  }

  close(): void {
    clearTimeout(this.#timer)
    unwatchFile(this.#file, this.#soon)
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

  readonly #soon = (): void => {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#changed, quiet)
  }
}
