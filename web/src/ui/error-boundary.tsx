/** Keeps a mistake of ours on one page: the rest goes on. */
import { Component, type ComponentChildren } from 'preact';
import { Note } from './parts.js';

interface Props {
  readonly children: ComponentChildren;
  /** another place is another try */
  readonly place: string;
}

interface State {
  readonly failedAt: string | undefined;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failedAt: undefined };

  override componentDidCatch(error: unknown): void {
    reportError(error);
    this.setState({ failedAt: this.props.place });
  }

  override render({ children, place }: Props, { failedAt }: State) {
    if (failedAt !== place) return children;
    return (
      <Note tone="bad" title="This page could not be shown">
        A mistake of the explorer’s, not of the chain’s. The same is at <a href="/api">the API</a>.
      </Note>
    );
  }
}
