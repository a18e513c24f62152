/** Entries as a table that becomes a list of two-line cards where it has no room. */
import { visible } from '../../../src/chain/bytes/hidden-characters.js';
import { blockPath, informationPath, transactionPath } from '../api/routes.js';
import type { EntryWire, Erasure, Information, Transaction, TransactionWire } from '../api/types.js';
import { grouped, shortHash } from '../format.js';
import { useOfChain } from './of-chain.js';
import { Badge, Foreign, JsonText, Time, type Tone } from './parts.js';
import { Amount } from './amount.js';
import { WalletName } from './wallet-name.js';

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

type Entry = TransactionWire | Transaction;

/** A line at the end of a wallet's history: what no transaction of the wallet's says, and the sum. */
export interface ClosingLine {
  readonly name: string;
  /** signed; the sum has no sign of its own */
  readonly amount: string;
  readonly isSum?: true;
}

interface TableProps {
  readonly entries: readonly Entry[];
  readonly symbol: string | undefined;
  /** the wallet whose history this is: amounts are what it gains and loses */
  readonly of?: string;
  readonly closing?: readonly ClosingLine[];
  readonly caption: string;
  /** whether entries have states: those in a block are sealed */
  readonly withState?: boolean;
  /** the chain's name: with it, each row leads to its block */
  readonly chain?: string | undefined;
  /** the row that is at fault */
  readonly bad?: number | undefined;
}

export function TransactionTable(props: TableProps) {
  const { entries, symbol, of, closing = [], caption, withState = false, chain, bad } = props;
  const hasMemo = entries.some(({ memo }) => memo !== undefined);
  const columnsAfter = 1 + (hasMemo ? 1 : 0) + (chain === undefined ? 0 : 1) + (withState ? 1 : 0);
  return (
    <div class="table-box narrows">
      <table class="entries lines">
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Id</th>
            <th scope="col">Type</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" class="right">
              Amount
              {symbol !== undefined && (
                <>
                  {' '}
                  (<Foreign value={symbol} />)
                </>
              )}
            </th>
            {hasMemo && <th scope="col">Memo</th>}
            {chain !== undefined && (
              <th scope="col" class="right">
                Block
              </th>
            )}
            <th scope="col">Time</th>
            {withState && <th scope="col">State</th>}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, row) => (
            <TransactionRow
              key={entry.id}
              entry={entry}
              of={of}
              withState={withState}
              withMemo={hasMemo}
              inChain={chain}
              isBad={row === bad}
            />
          ))}
        </tbody>
        {closing.length > 0 && (
          <tfoot>
            {closing.map(({ name, amount, isSum }) => (
              <tr key={name} class={isSum === true ? 'sum' : ''}>
                <th scope="row" colSpan={4}>
                  {name}
                </th>
                <td class="right">
                  {isSum === true ? <Amount value={amount} /> : <Change value={amount} />}
                </td>
                <td colSpan={columnsAfter} />
              </tr>
            ))}
          </tfoot>
        )}
      </table>
    </div>
  );
}

interface RowProps {
  readonly entry: Entry;
  readonly of: string | undefined;
  readonly withState: boolean;
  readonly withMemo: boolean;
  readonly inChain: string | undefined;
  readonly isBad: boolean;
}

function TransactionRow({ entry, of, withState, withMemo, inChain, isBad }: RowProps) {
  const { from, to, amount } = movement(entry);
  const chain = useOfChain();
  return (
    <tr class={isBad ? 'disagrees' : ''}>
      <IdCell id={entry.id} href={transactionPath(entry.id, chain)} />
      <td data-name="Type" class={entry.type === 'transfer' ? 'plain-type' : ''}>
        <span>
          {typeName(entry)}
          {entry.transfer !== undefined && (
            <>
              {' of '}
              <IdLink id={entry.transfer} href={transactionPath(entry.transfer, chain)} digits={4} />
            </>
          )}
        </span>
      </td>
      <td data-name="From">{from === undefined ? '–' : <WalletName address={from} />}</td>
      <td data-name="To">{to === undefined ? '–' : <WalletName address={to} />}</td>
      <td data-name="Amount" class="right">
        {of !== undefined && 'available_change' in entry ? (
          <WalletChange entry={entry} value={entry.available_change} />
        ) : amount === undefined ? (
          '–'
        ) : (
          <Amount value={amount} />
        )}
      </td>
      {withMemo && (
        <td data-name="Memo" class={entry.memo === undefined ? 'none' : 'memo'}>
          {entry.memo !== undefined && (
            <span class="memo-text" title={visible(entry.memo)}>
              <Foreign value={entry.memo} />
            </span>
          )}
        </td>
      )}
      <LastCells entry={entry} inChain={inChain} withState={withState} />
    </tr>
  );
}

interface IdProps {
  readonly id: string;
  readonly href: string;
  readonly digits?: number;
}

function IdLink({ id, href, digits = 6 }: IdProps) {
  return (
    <a class="hash" href={href} title={id} data-exact={id}>
      {shortHash(id, digits)}
    </a>
  );
}

function IdCell(props: IdProps) {
  return (
    <td data-name="Id">
      <IdLink {...props} />
    </td>
  );
}

interface LastCellsProps {
  readonly entry: Entry | EntryWire | Information | Erasure;
  readonly inChain: string | undefined;
  readonly withState: boolean;
}

/** Block, time and state. An entry that waits has the block that it is promised to, which is no link yet. */
function LastCells({ entry, inChain, withState }: LastCellsProps) {
  return (
    <>
      {inChain !== undefined && (
        <td data-name="Block" class="right">
          {'block' in entry &&
            (entry.status === 'sealed' ? (
              <a href={blockPath(inChain, entry.block)}>{grouped(entry.block)}</a>
            ) : (
              <span class="quiet" title="Promised: it is not sealed yet">
                {grouped(entry.block)}
              </span>
            ))}
        </td>
      )}
      <td data-name="Time" class="quiet">
        <Time at={entry.timestamp} />
      </td>
      {withState && (
        <td data-name="State">
          <StateBadge {...('status' in entry ? entry : {})} />
        </td>
      )}
    </>
  );
}

interface Movement {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly amount: string | undefined;
}

/** What goes where. A block's own bytes don't say it of what ends a hold; a node that is asked for the transaction does. */
export function movement(entry: Entry): Movement {
  const hold = 'hold' in entry ? entry.hold : undefined;
  if (hold === undefined) return { from: entry.sender, to: entry.recipient, amount: entry.amount_send };
  if (entry.type === 'accept') return { from: hold.sender, to: hold.recipient, amount: hold.amount_receive };
  return { from: undefined, to: hold.sender, amount: hold.amount_send };
}

function WalletChange({ entry, value }: { readonly entry: Transaction; readonly value: string }) {
  if (value !== '0') return <Change value={value} />;
  return (
    <span>
      0 <span class="hint">{zeroSays(entry)}</span>
    </span>
  );
}

/** Why a transaction of a wallet's changes nothing in it. */
function zeroSays(entry: Transaction): string {
  const { type, state, hold, amount_receive: receive = '' } = entry;
  if (type === 'issue') return 'made for another wallet';
  if (type === 'accept') return `${grouped(hold?.amount_receive ?? '')} of what was held went on`;
  if (type !== 'transfer') return `${grouped(hold?.amount_send ?? '')} went back`;
  if (state === 'declined' || state === 'returned') return 'it went back';
  return state === 'delivered' ? 'arrived when it was accepted' : `${grouped(receive)} if accepted`;
}

/** @param value signed, or to be gained */
function Change({ value }: { readonly value: string }) {
  const isOut = value.startsWith('-');
  return (
    <span class={isOut ? 'out' : 'in'}>
      <span class="sr">{isOut ? 'out ' : 'in '}</span>
      <Amount value={value} withSign />
    </span>
  );
}

interface InformationTableProps extends Pick<TableProps, 'caption' | 'withState' | 'chain' | 'bad'> {
  readonly entries: readonly (EntryWire | Information | Erasure)[];
}

export function InformationTable(props: InformationTableProps) {
  const { entries, caption, withState = false, chain: inChain, bad } = props;
  const chain = useOfChain();
  return (
    <div class="table-box narrows">
      <table class="entries lines records">
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Id</th>
            <th scope="col">Information</th>
            {inChain !== undefined && (
              <th scope="col" class="right">
                Block
              </th>
            )}
            <th scope="col">Time</th>
            {withState && <th scope="col">State</th>}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, row) => (
            <tr key={entry.id} class={row === bad ? 'disagrees' : ''}>
              <IdCell id={entry.id} href={informationPath(entry.id, chain)} />
              <td data-name="Information" class="wide">
                <span class="snippet" dir="ltr">
                  <JsonText text={snippet(entry)} />
                </span>
              </td>
              <LastCells entry={entry} inChain={inChain} withState={withState} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const SNIPPET_CHARACTERS = 140;

function snippet(entry: EntryWire | Information | Erasure): string {
  if ('erases' in entry) return `erases ${shortHash(entry.erases)}`;
  if (entry.type !== 'information') return '';
  if (entry.erased === true) return 'erased';
  // On one line, but with spaces. A line break in a text is written as an escape: these are between the values.
  const text = JSON.stringify(entry.information ?? null, null, 1).replace(/\n\s*/g, ' ');
  return text.length > SNIPPET_CHARACTERS ? `${text.slice(0, SNIPPET_CHARACTERS).toWellFormed()}…` : text;
}
