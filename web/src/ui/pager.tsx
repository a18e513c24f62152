/** Older and newer. */
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.js';

interface PagerProps {
  readonly what: string;
  readonly newer: (() => void) | undefined;
  readonly older: (() => void) | undefined;
  readonly children?: ComponentChildren;
  readonly words?: readonly [string, string];
}

export function Pager({ what, newer, older, children, words = ['Newer', 'Older'] }: PagerProps) {
  if (newer === undefined && older === undefined) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button type="button" class="button" disabled={newer === undefined} onClick={newer}>
        <Icon name="back" /> {words[0]}
      </button>
      <span class="pager-at">{children}</span>
      <button type="button" class="button" disabled={older === undefined} onClick={older}>
        {words[1]} <Icon name="arrow" />
      </button>
    </nav>
  );
}
