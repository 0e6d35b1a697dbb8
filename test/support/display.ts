/** A display of its own for a test: Xvfb, with a screenshot and a mouse. */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Ending } from './ending.ts'
import { runProcess, startProcess } from './process.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export class Display {
  readonly #test: Ending
  /** As in `:99`. */
  readonly name: string

  /** Use `startDisplay`. */
  constructor(test: Ending, name: string) {
    this.#test = test
    this.name = name
  }

  get env(): NodeJS.ProcessEnv {
    return { DISPLAY: this.name }
  }

  /** The whole screen, to a PNG file. */
  async screenshot(file: string): Promise<void> {
    await mkdir(dirname(file), { recursive: true })
    await this.#run('import', '-window', 'root', file)
  }

  /** The colours of an area, a pixel in turn, as `rrggbb`. */
  async pixels({ x, y }: Point, width: number, height: number): Promise<string[]> {
    const area = `${width}x${height}+${x}+${y}`
    const text = await this.#run('import', '-window', 'root', '-crop', area, '-depth', '8', 'txt:-')
    return [...text.matchAll(/#([0-9A-F]{6})/g)].map(([, colour = '']) => colour.toLowerCase())
  }

  async click({ x, y }: Point, button: 'left' | 'right' = 'left'): Promise<void> {
    await this.#run('xdotool', 'mousemove', `${x}`, `${y}`, 'click', button === 'left' ? '1' : '3')
  }

  /** Keys one after the other, as xdotool names them. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#run('xdotool', 'key', '--delay', '60', ...keys)
  }

  /** The ids of the windows that are shown, and whose name is so. */
  async windows(name: RegExp): Promise<string[]> {
    const { stdout } = await runProcess(
      this.#test,
      ['xdotool', 'search', '--onlyvisible', '--name', name.source],
      { env: this.env, timeout: 10_000 },
    )
    return stdout.split('\n').filter(line => line !== '')
  }

  /** Where a window stands. */
  async placeOf(id: string): Promise<Point & { readonly width: number; readonly height: number }> {
    const text = await this.#run('xdotool', 'getwindowgeometry', '--shell', id)
    const fact = (name: string) => Number(new RegExp(`^${name}=(-?\\d+)$`, 'm').exec(text)?.[1])
    return { x: fact('X'), y: fact('Y'), width: fact('WIDTH'), height: fact('HEIGHT') }
  }

  async #run(...command: readonly string[]): Promise<string> {
    const exit = await runProcess(this.#test, command, { env: this.env, timeout: 15_000 })
    if (exit.code !== 0) throw new Error(`${command.join(' ')} ended with ${exit.code}: ${exit.stderr}`)
    return exit.stdout
  }
}

export async function startDisplay(test: Ending): Promise<Display> {
  const server = await startProcess(test, [
    ...['Xvfb', '-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-noreset'],
  ])
  const [, number] = await server.waitFor(/^(\d+)$/m)
  return new Display(test, `:${number}`)
}
