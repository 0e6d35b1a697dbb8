/** A clock that a test sets for one program: what it takes for the time of day, while its timers go on as they were. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ending } from './ending.ts'
import { makeFolder } from './folder.ts'

export class SetClock {
  /** Seconds from the true time. */
  offset = 0
  readonly #file: string
  /** Since when it has had each offset, milliseconds since the epoch by the true clock. */
  readonly #history: { readonly since: number; readonly offset: number }[] = []

  /** Use `makeClock`. */
  constructor(file: string) {
    this.#file = file
    this.jump(0)
  }

  /** The environment of the program whose clock it is. */
  get env(): NodeJS.ProcessEnv {
    return {
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    }
  }

  /** Seconds on, or back where negative. */
  jump(seconds: number): void {
    this.offset += seconds
    writeFileSync(this.#file, `${this.offset < 0 ? '-' : '+'}${Math.abs(this.offset)}`)
    this.#history.push({ since: Date.now(), offset: this.offset })
  }

  /** The true times at which it may have shown this one, to a second; milliseconds since the epoch. */
  trueTimes(shown: number): readonly number[] {
    return this.#history.flatMap(({ since, offset }, index) => {
      const time = shown - offset * 1000
      const until = this.#history[index + 1]?.since ?? Date.now()
      return since - 1000 <= time && time <= until + 1000 ? [time] : []
    })
  }
}

/** Of Debian's package libfaketime, in the folder of this machine's architecture. */
function library(): string {
  for (const folder of readdirSync('/usr/lib')) {
    const faketime = join('/usr/lib', folder, 'faketime')
    const found = folder.endsWith('-linux-gnu') ? names(faketime) : []
    if (found.includes('libfaketime.so.1')) return join(faketime, 'libfaketime.so.1')
  }
  throw new Error('There is no libfaketime: install Debian’s package "faketime".')
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

export async function makeClock(test: Ending): Promise<SetClock> {
  return new SetClock(join(await makeFolder(test), 'clock'))
}
