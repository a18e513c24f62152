/** The frame around every page, and which page an address means. */
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { chainsOfKind, startNode, useNode } from './api/node.js';
import { chainPath, NETWORK, OVERVIEW, RECEIPT, RECORDS, TRANSACTIONS, TRY_IT } from './api/routes.js';
import type { Chain, Chains } from './api/types.js';
import { BlockPage } from './pages/block.js';
import { ChainPage } from './pages/chain.js';
import { InformationPage, TransactionPage } from './pages/entry.js';
import { RecordsPage, TransactionsPage } from './pages/entry-list.js';
import { NetworkPage } from './pages/network.js';
import { NotFoundPage } from './pages/not-found.js';
import { Overview } from './pages/overview.js';
import { ReceiptPage } from './pages/receipt.js';
import { SearchPage } from './pages/search.js';
import { TryItPage } from './pages/try-it.js';
import { WalletPage } from './pages/wallet.js';
import { match, startRouter, usePlace, type Place } from './router.js';
import { startExactCopy } from './ui/exact-copy.js';
import { ErrorBoundary } from './ui/error-boundary.js';
import { Note } from './ui/parts.js';
import { SearchBox } from './ui/search-box.js';
import { CHAIN_CARDS_MAX } from './ui/chain-table.js';
import { ThemeSwitch } from './ui/theme-switch.js';

const TRANSACTIONS_OF = '/explorer/chains/:name/transactions';
const RECORDS_OF = '/explorer/chains/:name/information';

type Parts = Readonly<Record<string, string>>;

const PAGES: readonly (readonly [string, (parts: Parts, place: Place) => VNode])[] = [
  ['', () => <Overview />],
  ['/explorer', () => <Overview />],
  ['/explorer/chains/:name', ({ name = '' }, { query }) => <ChainPage name={name} query={query} />],
  [
    '/explorer/chains/:name/blocks/:index',
    ({ name = '', index = '' }) => <BlockPage key={`${name}:${index}`} name={name} index={index} />,
  ],
  // No key: the choice of a chain keeps the focus while it leads from list to list.
  [TRANSACTIONS, () => <TransactionsPage />],
  [RECORDS, () => <RecordsPage />],
  [TRANSACTIONS_OF, ({ name = '' }) => <TransactionsPage chain={name} />],
  [RECORDS_OF, ({ name = '' }) => <RecordsPage chain={name} />],
  [`${TRANSACTIONS}/:id`, ({ id = '' }) => <TransactionPage key={id} id={id} />],
  ['/explorer/information/:id', ({ id = '' }) => <InformationPage key={id} id={id} />],
  [
    '/explorer/chains/:name/transactions/:id',
    ({ name = '', id = '' }) => <TransactionPage key={`${name}:${id}`} id={id} chain={name} />,
  ],
  [
    '/explorer/chains/:name/information/:id',
    ({ name = '', id = '' }) => <InformationPage key={`${name}:${id}`} id={id} chain={name} />,
  ],
  ['/explorer/wallets/:address', ({ address = '' }) => <WalletPage key={address} address={address} />],
  ['/explorer/chains/:name/wallets/:address', walletOnChain],
  // A name that no path can hold.
  [
    '/explorer/wallets',
    (_parts, { query }) => {
      const address = query.get('address') ?? '';
      return <WalletPage key={address} address={address} />;
    },
  ],
  [
    '/explorer/chains/:name/wallets',
    ({ name = '' }, { query }) => walletOnChain({ name, address: query.get('address') ?? '' }),
  ],
  ['/explorer/search', (_parts, { query }) => <SearchPage query={query.get('q') ?? ''} />],
  [RECEIPT, () => <ReceiptPage />],
  [NETWORK, () => <NetworkPage />],
  [TRY_IT, () => <TryItPage />],
];

function walletOnChain({ name = '', address = '' }: Parts): VNode {
  return <WalletPage key={`${name}:${address}`} address={address} chain={name} />;
}

function pageAt(place: Place): VNode {
  for (const [pattern, page] of PAGES) {
    const parts = match(pattern, place.path);
    if (parts !== undefined) return page(parts, place);
  }
  return <NotFoundPage />;
}

export function App() {
  const place = usePlace();
  useEffect(startRouter, []);
  useEffect(startNode, []);
  useEffect(startExactCopy, []);
  useArrival(place.path);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <TopBar path={place.path} />
      <LostNote />
      <main id="main">
        <ErrorBoundary place={location.href}>{pageAt(place)}</ErrorBoundary>
      </main>
      <footer class="foot">
        <span>Every block on these pages can be checked in your browser: open one and see.</span>
        <a href={RECEIPT}>Check a receipt</a>
        <a href="/api">API</a>
        <a href="/metrics">Metrics</a>
      </footer>
    </>
  );
}

/**
 * After a link was followed: the focus goes to the page's heading. It stays with a choice that is still there, so that
 * the next one can be chosen with the same keys.
 */
function useArrival(path: string): void {
  const isFirst = useRef(true);
  useEffect(() => {
    const isChoosing = document.activeElement instanceof HTMLSelectElement;
    if (!isFirst.current && !isChoosing) document.querySelector('h1')?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [path]);
}

function TopBar({ path }: { readonly path: string }) {
  const { chains } = useNode();
  return (
    <header class="top">
      <div class="top-inner">
        <a class="brand" href={OVERVIEW}>
          <img src="/explorer/favicon.svg" alt="" width="26" height="26" />
          <span>bpsc</span>
          {chains !== undefined && <span class={`role ${chains.role}`}>{chains.role}</span>}
        </a>
        <nav aria-label="Pages" class="nav">
          <NavLink href={OVERVIEW} also="/explorer" path={path}>
            Overview
          </NavLink>
          {/* Of more, the overview has a table. */}
          {(chains?.chains.length ?? 0) <= CHAIN_CARDS_MAX &&
            chains?.chains.map((chain) => (
              <NavLink key={chain.name} href={chainPath(chain.name)} path={path}>
                {chainLabel(chains, chain)}
              </NavLink>
            ))}
          {chainsOfKind(chains, 'token').length > 0 && (
            <NavLink href={TRANSACTIONS} also={TRANSACTIONS_OF} path={path}>
              Transactions
            </NavLink>
          )}
          {chainsOfKind(chains, 'information').length > 0 && (
            <NavLink href={RECORDS} also={RECORDS_OF} path={path}>
              Records
            </NavLink>
          )}
          <NavLink href={NETWORK} path={path}>
            Network
          </NavLink>
          <NavLink href={TRY_IT} path={path}>
            Try it
          </NavLink>
        </nav>
        <SearchBox />
        <div class="top-end">
          <Live />
          <ThemeSwitch />
        </div>
      </div>
    </header>
  );
}

const KIND_LABELS = { token: 'Token chain', information: 'Information chain' } as const;

/** What it is, where it is the only one of its kind; else its name. */
function chainLabel(chains: Chains, { kind, name }: Chain): string {
  return chainsOfKind(chains, kind).length === 1 ? KIND_LABELS[kind] : name;
}

function NavLink({
  href,
  also,
  path,
  children,
}: {
  readonly href: string;
  /** a pattern of other addresses that it stands for */
  readonly also?: string;
  readonly path: string;
  readonly children: ComponentChildren;
}) {
  const isHere = path === href || (also !== undefined && match(also, path) !== undefined);
  return (
    <a href={href} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  );
}

const CONNECTIONS = {
  connecting: ['warn', 'Connecting', 'Connecting to the node'],
  live: ['ok', 'Live', 'Connected: new blocks appear by themselves'],
  polling: ['ok', 'Live', 'Current: the node is asked every other second'],
  lost: ['bad', 'Offline', 'The node does not answer'],
} as const;

function Live() {
  const { connection } = useNode();
  const [tone, word, title] = CONNECTIONS[connection];
  return (
    <span class={`live ${tone}`} role="status" title={title}>
      <span class="dot" aria-hidden="true" />
      <span class="live-word">{word}</span>
    </span>
  );
}

function LostNote() {
  const { connection } = useNode();
  if (connection !== 'lost') return null;
  return (
    <div class="lost">
      <Note tone="bad" title="The node does not answer">
        What is shown is what it last said. The page goes on as soon as the node is back.
      </Note>
    </div>
  );
}
