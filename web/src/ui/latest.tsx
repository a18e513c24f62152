/** The newest entries of the first chain of each kind, for the overview. */
import { chainsOfKind, isTokenChain } from '../api/node.js';
import { recordsPath, transactionsPath } from '../api/routes.js';
import type { Chain, Chains, RecordPage, TransactionPage } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { InformationTable, TransactionTable } from './entry-table.js';
import { Card, Empty, Failed, Loading } from './parts.js';

const SHOWN = 6;
const LOOK_MS = 2000;

interface LatestProps {
  readonly chains: Chains;
}

export function LatestTransactions({ chains }: LatestProps) {
  const [first, ...others] = chains.chains.filter(isTokenChain);
  if (first === undefined) return null;
  return (
    <Card
      title={titleOf('Latest transactions', first, others.length > 0)}
      id="latest-transactions"
      aside={<a href={transactionsPath()}>All transactions</a>}
    >
      <Transactions name={first.name} symbol={first.contract.token.symbol} />
    </Card>
  );
}

export function LatestRecords({ chains }: LatestProps) {
  const [first, ...others] = chainsOfKind(chains, 'information');
  if (first === undefined) return null;
  return (
    <Card
      title={titleOf('Latest records', first, others.length > 0)}
      id="latest-records"
      aside={<a href={recordsPath()}>All records</a>}
    >
      <Records name={first.name} />
    </Card>
  );
}

function titleOf(title: string, { name }: Chain, isOneOfMany: boolean): string {
  return isOneOfMany ? `${title} of ${name}` : title;
}

function Transactions({ name, symbol }: { readonly name: string; readonly symbol: string }) {
  const { data, error, again } = useJson<TransactionPage>(`/transactions?limit=${SHOWN}`, LOOK_MS);
  if (data === undefined) {
    return error === undefined ? <Loading what="transactions" /> : <Failed error={error} again={again} />;
  }
  if (data.transactions.length === 0) return <Empty title="No transactions yet" />;
  return (
    <TransactionTable
      entries={data.transactions}
      symbol={symbol}
      caption={`Latest transactions of ${name}`}
      chain={name}
      withState
    />
  );
}

function Records({ name }: { readonly name: string }) {
  const { data, error, again } = useJson<RecordPage>(`/information?limit=${SHOWN}`, LOOK_MS);
  if (data === undefined) {
    return error === undefined ? <Loading what="records" /> : <Failed error={error} again={again} />;
  }
  if (data.information.length === 0) return <Empty title="No records yet" />;
  return (
    <InformationTable
      entries={data.information}
      caption={`Latest records of ${name}`}
      chain={name}
      withState
    />
  );
}
