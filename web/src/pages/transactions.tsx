/** All transactions, newest first, waiting ones included. */
import { useState } from 'preact/hooks';
import { tokenChain, useNode } from '../api/node.js';
import type { TransactionPage } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { TransactionTable } from '../ui/entry-table.js';
import { Card, Empty, Failed, Loading, PageTitle, useTitle } from '../ui/parts.js';
import { Pager } from '../ui/pager.js';

const LIMIT = 50;
const LOOK_MS = 2000;

export function TransactionsPage() {
  const { chains } = useNode();
  useTitle('Transactions');
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const path = `/transactions?limit=${LIMIT}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
  // The first page changes while one looks at it; the others are behind a cursor.
  const { data, error, again } = useJson<TransactionPage>(path, cursor === undefined ? LOOK_MS : undefined);
  const next = data?.next_cursor ?? undefined;
  return (
    <>
      <PageTitle lead="Newest first. An accepted transaction waits for the next block, which seals it permanently.">
        Transactions
      </PageTitle>
      <Card>
        {error !== undefined && <Failed error={error} again={again} />}
        {data === undefined && error === undefined && <Loading what="transactions" />}
        {data?.transactions.length === 0 && (
          <Empty title="No transactions yet">
            The first one appears here as soon as the producer accepts it.
          </Empty>
        )}
        {data !== undefined && data.transactions.length > 0 && (
          <TransactionTable
            entries={data.transactions}
            symbol={tokenChain(chains)?.contract.token.symbol}
            caption="Transactions, newest first"
            withState
          />
        )}
        <Pager
          what="transactions"
          newer={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
          older={next === undefined ? undefined : () => setCursors([...cursors, next])}
        />
      </Card>
    </>
  );
}
