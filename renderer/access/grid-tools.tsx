/** The buttons under a grid: add, duplicate, delete, move, the default for the LAN. */
import { ArrowDown, ArrowUp, Plus } from 'lucide-react'
import { Button, IconButton } from '../parts/button.tsx'
import { formatPath, type Path } from '../state/paths.ts'
import type { AccessRow } from '../state/settings.ts'
import { useDesk } from '../state/use.ts'
import type { GridKeys } from './grid-keys.ts'
import { lanRows, newRow } from './rows.ts'

interface GridToolsProps {
  readonly list: Path
  readonly rows: readonly AccessRow[]
  readonly keys: GridKeys
  onMove(from: number, to: number): void
}

export function GridTools({ list, rows, keys, onMove }: GridToolsProps) {
  const { store } = useDesk()
  const { row } = keys.active
  const chosen = rows[row]
  const number = row + 1
  const put = (fresh: readonly AccessRow[], focus: number) => {
    store.edit(list, fresh)
    keys.focus({ row: Math.max(0, Math.min(fresh.length - 1, focus)), column: 2 })
  }
  return (
    <div className="grid-tools">
      <Button
        icon={Plus}
        onPress={() => {
          put([...rows, newRow], rows.length)
          store.spare(formatPath([...list, rows.length]))
        }}
      >
        Add row
      </Button>
      <Button
        isDisabled={!chosen}
        aria-label={`Duplicate row ${number}`}
        onPress={() => chosen && put(rows.toSpliced(number, 0, chosen), number)}
      >
        Duplicate
      </Button>
      <Button
        isDisabled={!chosen}
        aria-label={`Delete row ${number}`}
        onPress={() => put(rows.toSpliced(row, 1), row)}
      >
        Delete
      </Button>
      <span className="grid-moves">
        <IconButton
          icon={ArrowUp}
          label={`Move row ${number} up`}
          isDisabled={row === 0}
          onPress={() => onMove(row, row - 1)}
        />
        <IconButton
          icon={ArrowDown}
          label={`Move row ${number} down`}
          isDisabled={number >= rows.length}
          onPress={() => onMove(row, row + 1)}
        />
      </span>
      <span className="muted grid-hint">
        <kbd>Alt</kbd> <kbd>↑</kbd> <kbd>↓</kbd> moves a row
      </span>
      {/* As a list for every service it would refuse whoever sends from outside the office. */}
      {list[0] !== 'globalAccess' && <Button onPress={() => put(lanRows, 0)}>Default for your LAN</Button>}
    </div>
  )
}
