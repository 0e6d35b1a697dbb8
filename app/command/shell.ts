/** The shell around one run of a command: its output, its data folder and its way to the relay. */
import type { Applied, Changer, Control } from '../control/control.ts'
import type { Problem } from '../settings/settings.ts'
import { problemLine } from '../settings/words.ts'
import type { Environment, Purpose } from './environment.ts'
import { plain, plainJson } from './plain.ts'
import { type Reached, reach } from './reach.ts'
import { showRerouting } from './rerouting.ts'
import { guard, type Style, styleOf, wantsColours } from './style.ts'
import { type Column, table } from './table.ts'

type Run = (control: Control, reached: Reached) => Promise<number>

export class Shell {
  /** As history names the changes made here. */
  readonly by: Changer = 'command line'
  readonly environment: Environment
  readonly style: Style
  /** The exit status so far. */
  status = 0
  /** The data folder, absolute; known once the command line is read. */
  folder = ''
  readonly #colours: boolean

  constructor(environment: Environment) {
    this.environment = environment
    this.#colours = wantsColours(environment.isTerminal, environment.variables)
    this.style = styleOf(this.#colours)
  }

  /** What commander calls: runs and keeps the exit status. */
  act<Args extends readonly unknown[]>(run: (...args: Args) => Promise<number>) {
    return async (...args: Args): Promise<void> => {
      this.status = await run(...args)
    }
  }

  /** For a command that changes something: what is missing of the data folder is made. */
  withControl(run: Run): Promise<number> {
    return this.#reach('change', run)
  }

  /** For a command that only reads: a folder that isn't there is not made. */
  reading(run: Run): Promise<number> {
    return this.#reach('read', run)
  }

  /** Makes a change and says what came of it. */
  async change(apply: (control: Control) => Promise<Applied>): Promise<number> {
    return this.withControl(async control => {
      const applied = await apply(control)
      if (!applied.ok) return this.refuse(applied.problems)
      this.print(plain(applied.words))
      if (applied.rerouting) showRerouting(this, applied.rerouting, false)
      return 0
    })
  }

  print(text: string): void {
    this.environment.stdout.write(`${guard(text, this.#colours)}\n`)
  }

  /** Pretty for a person, one line for a program. */
  printJson(value: unknown): void {
    this.environment.stdout.write(`${plainJson(value, this.environment.isTerminal ? 2 : 0)}\n`)
  }

  printTable(shape: readonly Column[], rows: readonly (readonly string[])[]): void {
    const [titles = '', ...lines] = table(shape, rows, this.environment.columns)
    this.print(this.style.bold(titles))
    for (const line of lines) this.print(line)
  }

  /** A word beside the facts, for the person and not for a program. */
  note(sentence: string): void {
    this.environment.stderr.write(`${guard(plain(sentence), false)}\n`)
  }

  complain(sentence: string): void {
    this.note(`postern: ${sentence}`)
  }

  /** Says what is wrong with settings; the exit status for it. */
  refuse(problems: readonly Problem[]): 2 {
    for (const problem of problems) this.note(problemLine(problem))
    return 2
  }

  #reach(purpose: Purpose, run: Run): Promise<number> {
    const say = (sentence: string) => this.complain(sentence)
    return reach({ folder: this.folder, purpose, say }, this.environment, reached =>
      run(reached.control, reached),
    )
  }
}
