/** Entries as a table that becomes a list of cards on a phone. */
import { informationPath, transactionPath } from '../api/routes.js';
import type { EntryWire, Transaction, TransactionWire } from '../api/types.js';
import { grouped, shortHash } from '../format.js';
import { Amount, Badge, Time, WalletName, type Tone } from './parts.js';

const TYPES: Readonly<Record<string, string>> = {
  transfer: 'Transfer',
  issue: 'Issue',
  accept: 'Accept',
  decline: 'Decline',
  return: 'Return',
};

export function typeName({ type, hold_until }: Pick<TransactionWire, 'type' | 'hold_until'>): string {
  return type === 'transfer' && hold_until !== undefined ? 'Held transfer' : (TYPES[type] ?? type);
}

const STATE_TONES: Readonly<Record<string, Tone>> = {
  pending: 'warn',
  held: 'warn',
  delivered: 'ok',
  declined: 'plain',
  returned: 'plain',
};

export function StateBadge({ state, status }: Partial<Pick<Transaction, 'state' | 'status'>>) {
  const shown = state ?? status;
  if (shown === undefined) return null;
  return <Badge tone={STATE_TONES[shown] ?? (shown === 'sealed' ? 'ok' : 'plain')}>{shown}</Badge>;
}

interface TableProps {
  readonly entries: readonly (TransactionWire | Transaction)[];
  readonly symbol: string | undefined;
  /** the wallet whose history this is: amounts get its sign */
  readonly of?: string;
  readonly caption: string;
  /** whether entries have states: those in a block are sealed */
  readonly withState?: boolean;
  /** the row that is at fault */
  readonly bad?: number | undefined;
}

export function TransactionTable({ entries, symbol, of, caption, withState = false, bad }: TableProps) {
  return (
    <div class="table-box">
      <table class="entries">
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Id</th>
            <th scope="col">Type</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" class="right">
              Amount{symbol !== undefined && <bdi> ({symbol})</bdi>}
            </th>
            <th scope="col">Time</th>
            {withState && <th scope="col">State</th>}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, row) => (
            <tr key={entry.id} class={row === bad ? 'disagrees' : ''}>
              <td data-name="Id">
                <a class="hash" href={transactionPath(entry.id)} title={entry.id}>
                  {shortHash(entry.id)}
                </a>
              </td>
              <td data-name="Type">{typeName(entry)}</td>
              <td data-name="From">
                <WalletName address={entry.sender} />
              </td>
              <td data-name="To">
                {entry.recipient !== undefined ? (
                  <WalletName address={entry.recipient} />
                ) : entry.transfer !== undefined ? (
                  <a class="hash" href={transactionPath(entry.transfer)} title={entry.transfer}>
                    {shortHash(entry.transfer)}
                  </a>
                ) : (
                  '–'
                )}
              </td>
              <td data-name="Amount" class="right">
                <SignedAmount entry={entry} of={of} />
              </td>
              <td data-name="Time" class="quiet">
                <Time at={entry.timestamp} />
              </td>
              {withState && (
                <td data-name="State">
                  <StateBadge {...('status' in entry ? entry : {})} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SignedAmount({ entry, of }: { readonly entry: TransactionWire; readonly of: string | undefined }) {
  const { amount_send: send, amount_receive: receive, sender } = entry;
  if (send === undefined) return <>–</>;
  if (of === undefined) return <Amount value={send} />;
  if (sender === of && entry.type === 'transfer') {
    return (
      <span class="out" title={`out: ${grouped(send)}, fee included`}>
        <span class="sr">out </span>−{grouped(send)}
      </span>
    );
  }
  const arrived = receive ?? send;
  return entry.recipient === of ? (
    <span class="in" title={`in: ${grouped(arrived)} of ${grouped(send)}`}>
      <span class="sr">in </span>+{grouped(arrived)}
    </span>
  ) : (
    <Amount value={send} />
  );
}

export function InformationTable({
  entries,
  caption,
  bad,
}: Pick<TableProps, 'caption' | 'bad'> & { readonly entries: readonly EntryWire[] }) {
  return (
    <div class="table-box">
      <table class="entries">
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Id</th>
            <th scope="col">Information</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, row) => (
            <tr key={entry.id} class={row === bad ? 'disagrees' : ''}>
              <td data-name="Id">
                <a class="hash" href={informationPath(entry.id)} title={entry.id}>
                  {shortHash(entry.id)}
                </a>
              </td>
              <td data-name="Information" class="wide">
                <bdi class="snippet">{snippet(entry)}</bdi>
              </td>
              <td data-name="Time" class="quiet">
                <Time at={entry.timestamp} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const SNIPPET_CHARACTERS = 140;

function snippet(entry: EntryWire): string {
  if (entry.type !== 'information') return '';
  if (entry.erased === true) return 'erased';
  const text = JSON.stringify(entry.information ?? null);
  return text.length > SNIPPET_CHARACTERS ? `${text.slice(0, SNIPPET_CHARACTERS).toWellFormed()}…` : text;
}
