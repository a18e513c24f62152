/** All entries of one chain, newest first, waiting ones included: transactions, or records. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { chainsOfKind, isTokenChain, useNode } from '../api/node.js';
import { apiOf, RECORDS, recordsPath, TRANSACTIONS, transactionsPath } from '../api/routes.js';
import type { Chain, ChainKind, RecordPage, TransactionPage } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { navigate } from '../router.js';
import { ChainSelect } from '../ui/chain-select.js';
import { InformationTable, TransactionTable } from '../ui/entry-table.js';
import { OfChain } from '../ui/of-chain.js';
import { Card, Empty, Failed, Loading, PageTitle, useTitle } from '../ui/parts.js';
import { Pager } from '../ui/pager.js';

const LIMIT = 50;
const LOOK_MS = 2000;

interface ListPageProps {
  /** undefined: the first chain of the kind */
  readonly chain: string | undefined;
}

export function TransactionsPage({ chain }: ListPageProps) {
  return (
    <ListPage<TransactionPage>
      kind="token"
      name={chain}
      title="Transactions"
      field="transactions"
      lead="Newest first. An accepted transaction waits for the next block, which seals it permanently."
      empty="The first one appears here as soon as the producer accepts it."
      pathOf={(name) => (name === undefined ? TRANSACTIONS : transactionsPath(name))}
    >
      {({ transactions }, of) => (
        <TransactionTable
          entries={transactions}
          symbol={of !== undefined && isTokenChain(of) ? of.contract.token.symbol : undefined}
          caption="Transactions, newest first"
          withState
        />
      )}
    </ListPage>
  );
}

export function RecordsPage({ chain }: ListPageProps) {
  return (
    <ListPage<RecordPage>
      kind="information"
      name={chain}
      title="Records"
      field="information"
      lead="Information records, newest first. The chain has a salted hash of each; the content travels beside it."
      empty="The first one appears here as soon as the producer accepts it."
      pathOf={(name) => (name === undefined ? RECORDS : recordsPath(name))}
    >
      {({ information }) => <InformationTable entries={information} caption="Records, newest first" />}
    </ListPage>
  );
}

type Page = { readonly next_cursor: string | null } & Partial<
  Readonly<Record<'transactions' | 'information', readonly unknown[]>>
>;

interface ListProps<P extends Page> {
  readonly kind: ChainKind;
  readonly name: string | undefined;
  readonly title: string;
  readonly field: 'transactions' | 'information';
  readonly lead: string;
  readonly empty: string;
  /** @param name undefined: the first chain of the kind */
  readonly pathOf: (name: string | undefined) => string;
  readonly children: (page: P, chain: Chain | undefined) => ComponentChildren;
}

function ListPage<P extends Page>(props: ListProps<P>) {
  const { kind, name, title, field, lead, empty, pathOf, children } = props;
  const { chains } = useNode();
  useTitle(title);
  const all = chainsOfKind(chains, kind);
  const chain = name === undefined ? all[0] : all.find((one) => one.name === name);
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const path = `${apiOf(name)}/${field}?limit=${LIMIT}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
  // The first page changes while one looks at it; the others are behind a cursor.
  const { data, error, again } = useJson<P>(path, cursor === undefined ? LOOK_MS : undefined);
  const next = data?.next_cursor ?? undefined;
  const choose = (chosen: string): void => navigate(pathOf(chosen === all[0]?.name ? undefined : chosen));
  return (
    <OfChain.Provider value={name}>
      <PageTitle lead={lead}>{title}</PageTitle>
      <Card>
        <ChainSelect label="Chain" id="chain" chains={all} value={chain?.name ?? ''} onChange={choose} />
        {error !== undefined && <Failed error={error} again={again} />}
        {data === undefined && error === undefined && <Loading what={title.toLowerCase()} />}
        {data?.[field]?.length === 0 && <Empty title={`No ${title.toLowerCase()} yet`}>{empty}</Empty>}
        {data !== undefined && (data[field]?.length ?? 0) > 0 && children(data, chain)}
        <Pager
          what={title.toLowerCase()}
          newer={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
          older={next === undefined ? undefined : () => setCursors([...cursors, next])}
        />
      </Card>
    </OfChain.Provider>
  );
}
