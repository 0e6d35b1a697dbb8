/** Import/Export: another server's list looked at and put into the draft, and this one written for another server. */
import { FileInput } from 'lucide-react'
import { useEffect, useId, useState } from 'react'
import { FileTrigger } from 'react-aria-components'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/page.tsx'
import { useSettled } from '../state/ask.ts'
import { chosen, type GivenFile, longText, pasted } from '../state/given-files.ts'
import { sentenceOf } from '../state/store.ts'
import { dialects } from '../words/dialects.ts'
import { amountWords } from '../words/plain.ts'
import { Export } from './export.tsx'
import { ImportPreview } from './import-preview.tsx'

export function Exchange() {
  return (
    <div className="settings settings-wide">
      <Section
        title="Import"
        sentence="Take the list of another server: VPOP3’s Access Restrictions in any of its versions, a Postfix’s main.cf with its tables, or hMailServer’s backup. Nothing changes before you apply it."
      >
        <Import />
      </Section>
      <Section title="Export" sentence="Write this list as VPOP3 or Postfix wants it.">
        <Export />
      </Section>
    </div>
  )
}

function Import() {
  const [text, setText] = useState('')
  const [files, setFiles] = useState<readonly GivenFile[]>([])
  const [dialect, setDialect] = useState('')
  const [problem, setProblem] = useState('')
  const settled = useSettled(text, 300)
  const id = useId()
  const take = async (reading: Promise<readonly GivenFile[]>) => {
    try {
      setFiles(await reading)
      setText('')
      setProblem('')
    } catch (error) {
      setProblem(sentenceOf(error))
    }
  }
  const typed = usePasted(settled, dialect !== '')
  const given = files.length > 0 ? files : typed
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-text`}>Paste the list here</label>
        <textarea
          id={`${id}-text`}
          className="input exchange-text"
          rows={6}
          value={text}
          spellCheck={false}
          placeholder={'NOGLOBAL\n192.168.1.0 255.255.255.0 noauth\n0.0.0.0 0.0.0.0 fred bob'}
          onPaste={event => {
            const fresh = event.clipboardData.getData('text')
            if (fresh.length <= longText) return
            event.preventDefault()
            void take(pasted(fresh).then(file => [file]))
          }}
          onChange={event => {
            setText(event.target.value)
            setFiles([])
          }}
        />
      </div>
      <div className="exchange-tools">
        <FileTrigger allowsMultiple onSelect={list => list && void take(chosen([...list]))}>
          <Button icon={FileInput}>Choose a file…</Button>
        </FileTrigger>
        <div className="field">
          <label htmlFor={`${id}-dialect`}>Written by</label>
          <select
            id={`${id}-dialect`}
            className="input"
            value={dialect}
            onChange={event => setDialect(event.target.value)}
          >
            <option value="">found by itself</option>
            {dialects.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </div>
        {files.length > 0 && <p className="muted">{files.map(nameOf).join(', ')}</p>}
      </div>
      {problem !== '' && (
        <Notice tone="bad">
          <p>{problem}</p>
        </Notice>
      )}
      {given.length > 0 && (
        <ImportPreview
          key={dialect}
          files={given}
          dialect={dialects.find(({ name }) => name === dialect)?.name}
        />
      )}
    </>
  )
}

/** A long text is not shown in its box. */
function nameOf({ name, base64 }: GivenFile): string {
  if (name !== 'pasted') return name
  return `pasted: ${amountWords(Math.round((base64.length * 3) / 4 / 1024))} KB`
}

const nothing: readonly GivenFile[] = []

/** What is typed, as a file; an empty one where it is `wanted` though. */
function usePasted(text: string, wanted: boolean): readonly GivenFile[] {
  const [files, setFiles] = useState(nothing)
  const isGiven = wanted || text.trim() !== ''
  useEffect(() => {
    let isOver = false
    if (isGiven) void pasted(text).then(file => !isOver && setFiles([file]))
    return () => {
      isOver = true
    }
  }, [text, isGiven])
  return isGiven ? files : nothing
}
