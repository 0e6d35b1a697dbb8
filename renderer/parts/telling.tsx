/** Lines as a machine said them: scrolled where there are many, by keyboard too. */

export function Telling({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    // What scrolls must take the focus, or nobody reads on without a mouse (WCAG 2.1.1).
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className="dialogue" aria-label={name} tabIndex={0}>
      <pre>{text}</pre>
    </section>
  )
}
