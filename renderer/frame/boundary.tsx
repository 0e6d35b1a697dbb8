/** Keeps the frame standing when a page breaks, and says what to do. */
import { Component } from 'react'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/notice.tsx'
import { sentenceOf } from '../state/store.ts'

interface BoundaryProps {
  readonly children: React.ReactNode
}

export class Boundary extends Component<BoundaryProps, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {}

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error }
  }

  override render(): React.ReactNode {
    if (this.state.error === undefined) return this.props.children
    return (
      <Empty title="This page could not be shown.">
        <p className="muted">{sentenceOf(this.state.error)}</p>
        <p className="muted">The relay goes on. Your changes are still in the draft below.</p>
        <Button onPress={() => this.setState({ error: undefined })}>Show it again</Button>
      </Empty>
    )
  }
}
