import { Component } from 'react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'

type Props = {
  children: ReactNode
  /** Another place: what failed there says nothing of this one. */
  place: string
}
type State = { fault: Error | null; place: string }

/**
 * Where a part of the page cannot be drawn, says so in its place and leaves the rest of the page alive. Without it React
 * takes the whole page down. A class, because React has no other way to catch what is thrown while rendering.
 */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { fault: null, place: this.props.place }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { fault: error instanceof Error ? error : new Error(String(error)) }
  }

  static getDerivedStateFromProps({ place }: Props, state: State): Partial<State> | null {
    return place === state.place ? null : { fault: null, place }
  }

  override render(): ReactNode {
    const { fault } = this.state
    if (fault === null) return this.props.children
    return (
      <main id="main" className="page broken" tabIndex={-1}>
        <h1>This page could not be drawn</h1>
        <p role="alert">
          Something in it is not as this page expects. Your pictures and jobs are on the server, and running
          jobs go on.
        </p>
        <p className="fault">{fault.message}</p>
        <p className="filters">
          <Button kind="primary" onClick={() => this.setState({ fault: null })}>
            Try again
          </Button>
          <Button onClick={() => location.reload()}>Load everything again</Button>
        </p>
      </main>
    )
  }
}
