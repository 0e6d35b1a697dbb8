/** Every option in words, found by the path of its setting. */
import { certificateOptions } from './certificate-options.ts'
import { idsOptions } from './ids-options.ts'
import { mailOptions } from './mail-options.ts'
import type { Option } from './option.ts'
import { rowOptions } from './row-options.ts'
import { smtpOptions } from './smtp-options.ts'

const options = { ...smtpOptions, ...idsOptions, ...rowOptions, ...mailOptions, ...certificateOptions }

type Steps = readonly (string | number)[]

/** `smtp.access[].from` for the path `smtp.access[2].from`, and `aliases[]` for any alias. */
export function patternOf(path: Steps): string {
  return path
    .map((step, at) => (typeof step === 'number' || isKey(path, at) ? '[]' : `.${step}`))
    .join('')
    .replace(/^\./, '')
}

/** Names that people choose, not the settings. */
function isKey(path: Steps, at: number): boolean {
  return at === 1 && (path[0] === 'aliases' || path[0] === 'catchAll')
}

export function findOption(path: Steps): Option | undefined {
  return options[patternOf(path)]
}

/** The option, or one named like the setting where nobody has put it in words. */
export function optionOf(path: Steps): Option {
  return findOption(path) ?? { label: String(path.at(-1) ?? ''), sentence: '' }
}

export function choiceLabel(path: Steps, value: unknown): string | undefined {
  return findOption(path)?.choices?.find(choice => choice.value === value)?.label
}

/** By the pattern itself. */
export function optionAt(pattern: string): Option | undefined {
  return options[pattern]
}
