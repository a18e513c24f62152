/** All entries of one chain, newest first, waiting ones included: transactions, or records. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { chainsOfKind, isTokenChain, nameInPath, useNode } from '../api/node.js';
import { apiOf, chainPath, recordsPath, transactionsPath } from '../api/routes.js';
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
  readonly chain?: string;
}

export function TransactionsPage({ chain }: ListPageProps) {
  return (
    <ListPage<TransactionPage>
      kind="token"
      name={chain}
      title="Transactions"
      field="transactions"
      lead="Newest first. An accepted transaction waits for the next block, which seals it permanently."
      pathOf={transactionsPath}
    >
      {({ transactions }, of) => (
        <TransactionTable
          entries={transactions}
          symbol={of !== undefined && isTokenChain(of) ? of.contract.token.symbol : undefined}
          caption="Transactions, newest first"
          chain={of?.name}
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
      pathOf={recordsPath}
    >
      {({ information }, of) => (
        <InformationTable entries={information} caption="Records, newest first" chain={of?.name} withState />
      )}
    </ListPage>
  );
}

type Page = { readonly next_cursor: string | null } & Partial<
  Readonly<Record<'transactions' | 'information', readonly unknown[]>>
>;

interface ListProps<P extends Page> {
  readonly name: string | undefined;
  readonly title: string;
  readonly field: 'transactions' | 'information';
  readonly children: (page: P, chain: Chain | undefined) => ComponentChildren;
}

interface PageProps<P extends Page> extends ListProps<P> {
  readonly kind: ChainKind;
  readonly lead: string;
  /** @param name undefined: the first chain of the kind */
  readonly pathOf: (name?: string) => string;
}

function ListPage<P extends Page>({ kind, lead, pathOf, ...list }: PageProps<P>) {
  const { name, title } = list;
  const { chains } = useNode();
  const all = chainsOfKind(chains, kind);
  const chain = name === undefined ? all[0] : all.find((one) => one.name === name);
  const choose = (chosen: string): void => navigate(pathOf(nameInPath(chains, { name: chosen, kind })));
  const isOneOfMany = all.length > 1 && chain !== undefined;
  useTitle(isOneOfMany ? `${title} of ${chain.name}` : title);
  return (
    <OfChain.Provider value={chain === undefined ? name : nameInPath(chains, chain)}>
      <PageTitle lead={lead}>{title}</PageTitle>
      <Card>
        {all.length > 1 && (
          <div class="card-head">
            <ChainSelect label="Chain" id="chain" chains={all} value={chain?.name ?? ''} onChange={choose} />
            {chain !== undefined && <a href={chainPath(chain.name)}>Blocks of {chain.name}</a>}
          </div>
        )}
        <List key={name ?? ''} {...list} chain={chain} />
      </Card>
    </OfChain.Provider>
  );
}

function List<P extends Page>(props: ListProps<P> & { readonly chain: Chain | undefined }) {
  const { name, title, field, chain, children } = props;
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const path = `${apiOf(name)}/${field}?limit=${LIMIT}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
  // The first page changes while one looks at it; the others are behind a cursor.
  const { data, error, again } = useJson<P>(path, cursor === undefined ? LOOK_MS : undefined);
  const next = data?.next_cursor ?? undefined;
  return (
    <>
      {error !== undefined && <Failed error={error} again={again} />}
      {data === undefined && error === undefined && <Loading what={title.toLowerCase()} />}
      {data?.[field]?.length === 0 && (
        <Empty title={`No ${title.toLowerCase()} yet`}>
          The first one appears here as soon as the producer accepts it.
        </Empty>
      )}
      {data !== undefined && (data[field]?.length ?? 0) > 0 && children(data, chain)}
      <Pager
        what={title.toLowerCase()}
        newer={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
        older={next === undefined ? undefined : () => setCursors([...cursors, next])}
      />
    </>
  );
}
