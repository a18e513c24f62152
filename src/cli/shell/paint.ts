/** Colours for terminals: OK in green, a fault in red. */
import { styleText } from 'node:util';
import type { Io } from './io.js';

export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

const same = (text: string): string => text;
export const PLAIN: Paint = { good: same, bad: same };
/** Node would look at process.stdout itself: {@link paintOf} has looked at the stream that is written to. */
const ALWAYS = { validateStream: false };
const COLOURS: Paint = {
  good: (text) => styleText('green', text, ALWAYS),
  bad: (text) => styleText('red', text, ALWAYS),
};

/** Of the results: plain unless they go to a terminal, and where NO_COLOR is set (https://no-color.org). */
export function paintOf({ stdout, settings }: Io): Paint {
  return stdout.isTTY === true && !settings.noColor ? COLOURS : PLAIN;
}
