/** A setting that is a list of words: addresses, domains, servers, times; written with commas between them. */
import { useState } from 'react'
import { Input, Label, Text, TextField } from 'react-aria-components'
import { formatPath, type Path } from '../state/paths.ts'
import type { Problem } from '../state/settings.ts'
import { useDesk, useProblems, useSetting } from '../state/use.ts'
import { optionOf } from '../words/options.ts'
import { ChangedMark, FieldFrame, Problems } from './field.tsx'

interface WordsSettingProps {
  readonly path: Path
  readonly placeholder?: string
  /** In place of the option's own. */
  readonly label?: string
  /** In place of the option's own, where that stands above already. */
  readonly sentence?: string
}

export function WordsSetting({ path, placeholder, label, sentence }: WordsSettingProps) {
  const { value = [], set, isChanged } = useSetting<readonly string[] | undefined>(path)
  const option = optionOf(path)
  const problems = useProblems(path, true).map(problem => naming(problem, path, value))
  const typing = useTyping(value, words => set(words, true))
  return (
    <FieldFrame path={path} isChanged={isChanged}>
      <TextField className="text-field" isInvalid={problems.length > 0} {...typing}>
        <Label>
          {label ?? option.label} <ChangedMark isChanged={isChanged} />
        </Label>
        <Input className="input" placeholder={placeholder ?? ''} autoComplete="off" spellCheck={false} />
        <Text slot="description" className="sentence in-place">
          <span>{sentence ?? option.sentence} Separate several with commas.</span>
          <Problems problems={problems} />
        </Text>
      </TextField>
    </FieldFrame>
  )
}

/** While one types, the text stays as typed; the words in it are the setting. */
export function useTyping(value: readonly string[], set: (words: readonly string[]) => void) {
  const { store } = useDesk()
  const [typed, setTyped] = useState<{ readonly text: string; readonly entered: readonly string[] }>()
  return {
    value: typed?.text ?? value.join(', '),
    onFocus: () => setTyped({ text: value.join(', '), entered: value }),
    onBlur: () => {
      setTyped(undefined)
      store.leaveField()
    },
    onChange: (text: string) => {
      setTyped({ text, entered: typed?.entered ?? value })
      set(wordsIn(text))
    },
    onKeyDown: (event: { readonly key: string; preventDefault(): void }) => {
      if (event.key !== 'Escape' || !typed || typed.text === typed.entered.join(', ')) return
      event.preventDefault()
      setTyped({ ...typed, text: typed.entered.join(', ') })
      set(typed.entered)
    },
  }
}

export function wordsIn(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter(word => word !== '')
}

/** Says which word is meant. */
function naming({ path, text }: Problem, holder: Path, value: readonly string[]): Problem {
  const index = value.findIndex((_, at) => path === formatPath([...holder, at]))
  return index < 0 || value.length < 2 ? { path, text } : { path, text: `“${value[index]}”: ${text}` }
}
