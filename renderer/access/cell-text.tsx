/** Text in a cell: one line that grows to as many as it needs, so that nothing of it is cut off. */

type CellTextProps = Omit<React.ComponentProps<'textarea'>, 'className' | 'rows' | 'onChange'> & {
  onChange(text: string): void
}

export function CellText({ onChange, ...rest }: CellTextProps) {
  return (
    <textarea
      className="cell-input cell-text"
      data-widget
      rows={1}
      spellCheck={false}
      {...rest}
      onChange={event => onChange(event.target.value.replace(/\s*[\r\n]+\s*/g, ' '))}
    />
  )
}
