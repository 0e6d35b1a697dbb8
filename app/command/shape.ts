/** The shape that all commands share: `--data`, `--json`, and help with examples. */
import { type Command, Option } from 'commander'

export interface Shape {
  /** Its name and arguments as commander reads them: `show <id>`. */
  readonly usage: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What else a person wants to know; sentences. */
  readonly more?: string
  /** Command lines, with what each does. */
  readonly examples: readonly (readonly [line: string, does: string])[]
  /** Whether its parent alone means it. */
  readonly isDefault?: boolean
}

const dataHelp = 'the data folder (default: POSTERN_DATA, else the usual place of this user)'

export function dataOption(): Option {
  return new Option('--data <dir>', dataHelp)
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON, for programs')
}

/** Adds a command that does something. */
export function addCommand(
  parent: Command,
  { usage, summary, more, examples, isDefault = false }: Shape,
): Command {
  const command = parent
    .command(usage, { isDefault })
    .summary(summary)
    .description(more === undefined ? `${summary}.` : `${summary}.\n\n${more}`)
    .addOption(dataOption())
    .addHelpText('after', exampleText(examples))
  return command.showHelpAfterError(`(Run "${nameOf(command)} --help" to see how it is used.)`)
}

/** Adds a command that only holds others. */
export function addGroup(parent: Command, name: string, summary: string): Command {
  const group = parent
    .command(name)
    .summary(summary)
    .description(`${summary}.`)
    .addOption(dataOption().hideHelp())
  return group.showHelpAfterError(`(Run "${nameOf(group)} --help" to see its commands.)`)
}

export function exampleText(examples: Shape['examples']): string {
  return `\nExamples:\n${examples.map(([line, does]) => `  ${line}\n      ${does}`).join('\n')}`
}

/** `postern queue hold`. */
function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()
}
