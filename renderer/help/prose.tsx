/** A topic's words on the screen: paragraphs, lists, strong words, code, and ways into the window. */
import { parsePlace } from '../state/place.ts'
import { useDesk } from '../state/use.ts'

export function Prose({ words }: { readonly words: string }) {
  const blocks = words.trim().split(/\n\s*\n/)
  return (
    <div className="prose">
      {blocks.map(block =>
        block.startsWith('- ') ? (
          <ul key={block}>
            {block.split('\n').map(line => (
              <li key={line}>
                <Inline text={line.slice(2)} />
              </li>
            ))}
          </ul>
        ) : (
          <p key={block}>
            <Inline text={block} />
          </p>
        ),
      )}
    </div>
  )
}

function Inline({ text }: { readonly text: string }) {
  const parts = text.split(/(\*\*[^*]+\*\*|`[^`]+`|\[[^\]]+\]\([^)]+\))/)
  return parts.map((part, at) => {
    const key = `${at} ${part}`
    if (part.startsWith('**')) return <strong key={key}>{part.slice(2, -2)}</strong>
    if (part.startsWith('`')) return <code key={key}>{part.slice(1, -1)}</code>
    const [, words, place] = /^\[(.+)\]\((.+)\)$/.exec(part) ?? []
    return words && place ? <Way key={key} words={words} place={place} /> : part
  })
}

function Way({ words, place }: { readonly words: string; readonly place: string }) {
  const { store } = useDesk()
  const found = parsePlace(place)
  return (
    <button type="button" className="link" onClick={() => found && store.go(found)}>
      {words}
    </button>
  )
}
