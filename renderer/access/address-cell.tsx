/** The Address cell: an address, or a network written whole, which is then taken apart into the columns. */
import { useState } from 'react'
import { useDesk, useReady } from '../state/use.ts'
import type { CellProps } from './cell.ts'
import { CellText } from './cell-text.tsx'
import { FixedCell } from './fixed-cell.tsx'
import { addressesOf, addressOf, fromOf, isTyped, shortAddresses } from './rows.ts'

export function AddressCell(props: CellProps) {
  const { type } = addressOf(props.row.from)
  return isTyped(type) ? <TypedAddress {...props} /> : <FoundAddress {...props} />
}

function FoundAddress({ row, where, tabIndex }: CellProps) {
  const { type } = addressOf(row.from)
  const settings = useReady(({ draft }) => draft.settings)
  const machine = useReady(ready => ready.machine)
  const all = addressesOf(type, settings, machine)
  return (
    <FixedCell tabIndex={tabIndex} label={`Address, ${where}:`} title={all.join('\n')}>
      {type === 'any' ? 'every address' : shortAddresses(all)}
    </FixedCell>
  )
}

const zeroWidthSpace = '\u200b'

/** A long name or address breaks into lines after its dots and colons; while it is edited, it stands there as it is. */
function breakable(text: string): string {
  return text.length > 20 ? text.replace(/[.:](?=[^:])/g, `$&${zeroWidthSpace}`) : text
}

/** What is typed stays as typed until the cell is left. */
interface Typed {
  readonly text: string
  readonly entered: string
  /** The prefix that stands in its own column; gone once one is typed here. */
  readonly prefix: string
}

function TypedAddress({ row, where, tabIndex, isInvalid, set }: CellProps) {
  const { store } = useDesk()
  const [typed, setTyped] = useState<Typed>()
  const { type, address, prefix } = addressOf(row.from)
  const change = (written: string) => {
    const text = written.replaceAll(zeroWidthSpace, '')
    const isWhole = /[/\s-]/.test(text) || addressOf(text).type === 'name'
    const before = typed ?? { text, entered: row.from, prefix }
    const next = { ...before, text, prefix: isWhole ? '' : before.prefix }
    setTyped(next)
    // A name that is wiped out leaves room for another.
    const kind = type === 'name' && text === '' ? 'name' : 'ipv4'
    set({ from: isWhole ? text : fromOf({ type: kind, address: text, prefix: next.prefix }) }, true)
  }
  return (
    <CellText
      tabIndex={tabIndex}
      aria-label={`Address, ${where}`}
      aria-invalid={isInvalid}
      value={typed?.text ?? breakable(address)}
      placeholder={type === 'name' ? 'pc.example.net' : '192.168.7.0'}
      onFocus={() => setTyped({ text: address, entered: row.from, prefix })}
      onBlur={() => {
        setTyped(undefined)
        store.leaveField()
      }}
      onKeyDown={event => {
        if (event.key !== 'Escape' || !typed || typed.entered === row.from) return
        event.preventDefault()
        setTyped({
          ...typed,
          text: addressOf(typed.entered).address,
          prefix: addressOf(typed.entered).prefix,
        })
        set({ from: typed.entered }, true)
      }}
      onChange={change}
    />
  )
}
