/** Amounts: rounded in lists, with every digit on the pages of one transaction. */
import { rounded } from '../amounts.js';
import { grouped } from '../format.js';
import { Foreign } from './parts.js';

interface AmountProps {
  readonly value: string;
  readonly symbol?: string | undefined;
  /** every digit */
  readonly whole?: boolean;
  /** shows a plus where something is gained */
  readonly withSign?: boolean;
}

/** Never broken inside a number. A rounded one has its exact value as a title, and is copied as that. */
export function Amount({ value, symbol, whole = false, withSign = false }: AmountProps) {
  const { text, isRounded } = whole ? { text: grouped(value), isRounded: false } : rounded(value);
  const shown = withSign && !value.startsWith('-') ? `+${text}` : text;
  return (
    <span class="amount">
      {isRounded ? (
        <span class="number rounded" title={`Exactly ${grouped(value)}`} data-exact={value}>
          {shown}
        </span>
      ) : (
        <span class="number">{whole ? breakable(shown) : shown}</span>
      )}
      {symbol !== undefined && (
        <>
          {' '}
          <Foreign class="symbol" value={symbol} />
        </>
      )}
    </span>
  );
}

/** One that is wider than a phone's screen may go on in the next line after a comma, and nowhere else. */
const BREAKABLE_FROM = 30;

function breakable(text: string) {
  if (text.length < BREAKABLE_FROM) return text;
  return text.split(/(?<=,)/).map((group) => (
    <>
      {group}
      <wbr />
    </>
  ));
}
