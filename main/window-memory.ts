/** What the window remembers: its size, its place on the screen and the page it showed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, type Rectangle, screen } from 'electron'

interface Remembered {
  readonly bounds?: Rectangle
  /** As in the page's address after `#`. */
  readonly page?: string
}

const first = { width: 960, height: 680 }
export const smallest = { width: 720, height: 520 }

export class WindowMemory {
  readonly #remembered: Partial<Record<keyof Remembered, unknown>> = readRemembered()
  #page: string | undefined

  /** Without a place where it would be off every screen. */
  get bounds(): {
    readonly width: number
    readonly height: number
    readonly x?: number
    readonly y?: number
  } {
    const bounds = this.#remembered.bounds
    if (!isRectangle(bounds)) return first
    const { width, height } = bounds
    return isOnScreen(bounds) ? bounds : { width, height }
  }

  get page(): string {
    const page = this.#page ?? this.#remembered.page
    return typeof page === 'string' && /^[a-z0-9/-]{0,64}$/.test(page) ? page : ''
  }

  keepPage(page: string): void {
    this.#page = page
  }

  /** To the disk, which holds up everything else meanwhile: only when the window closes. */
  async keep(bounds: Rectangle): Promise<void> {
    const { page } = this
    Object.assign(this.#remembered, { bounds, page })
    // Not before: loading it would hold up the window's start.
    const { default: Store } = await import('electron-store')
    // A file that a crash damaged is begun anew: it holds nothing that anybody made.
    new Store<Remembered>({ name: 'window', clearInvalidConfig: true }).set({ bounds, page })
  }
}

/** As electron-store wrote it; nothing where there is none, or none that can be read. */
function readRemembered(): Partial<Record<keyof Remembered, unknown>> {
  try {
    const found: unknown = JSON.parse(readFileSync(join(app.getPath('userData'), 'window.json'), 'utf8'))
    return typeof found === 'object' && found !== null ? { ...found } : {}
  } catch {
    return {}
  }
}

function isRectangle(value: unknown): value is Rectangle {
  if (typeof value !== 'object' || value === null) return false
  const { x, y, width, height }: Partial<Rectangle> = value
  return (
    [x, y].every(Number.isInteger) && Number(width) >= smallest.width && Number(height) >= smallest.height
  )
}

/** Enough of its upper edge that it can be dragged. */
function isOnScreen({ x, y, width }: Rectangle): boolean {
  return screen.getAllDisplays().some(({ workArea }) => {
    const seen = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x)
    return seen >= 100 && y >= workArea.y && y < workArea.y + workArea.height - 50
  })
}
