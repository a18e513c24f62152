/** What has a name; straight to it where it is one thing. */
import { useEffect } from 'preact/hooks';
import { chainNamed, nameInPath, useNode } from '../api/node.js';
import {
  blockPath,
  chainPath,
  informationPath,
  searchPath,
  transactionPath,
  walletPath,
} from '../api/routes.js';
import type { Chains, Search, SearchResult } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { shortHash } from '../format.js';
import { navigate } from '../router.js';
import { Badge, Card, Empty, Failed, Foreign, Loading, PageTitle, useTitle } from '../ui/parts.js';

export function SearchPage({ query }: { readonly query: string }) {
  const { chains } = useNode();
  const text = query.trim();
  useTitle(text === '' ? 'Search' : `Search: ${text}`);
  const path = text === '' ? undefined : `/search?q=${encodeURIComponent(text)}`;
  const { data, error, again } = useJson<Search>(path);
  const only = onlyOne(data?.results ?? []);
  useEffect(() => {
    if (only !== undefined && chains !== undefined) navigate(pathOf(only, chains), 'replace');
  }, [only, chains]);
  return (
    <>
      <PageTitle lead="By transaction or record id, block hash, block index, chain or wallet. The first characters are enough.">
        Search
      </PageTitle>
      {path === undefined && (
        <Empty title="Nothing searched for yet">Type an id, a hash, an index or a wallet above.</Empty>
      )}
      {error !== undefined && <Failed error={error} again={again} />}
      {path !== undefined && data === undefined && error === undefined && <Loading what="what was found" />}
      {data?.results.length === 0 && (
        <Empty title="Nothing found on this node">
          No id, hash, index, chain or wallet begins with <Foreign class="searched" value={data.query} />. A
          follower may not have it yet.
        </Empty>
      )}
      {data !== undefined && data.results.length > 1 && (
        <Card title={`${data.results.length}${data.more ? '+' : ''} results`} id="found">
          <ul class="results">
            {data.results.map((result) => (
              <li key={pathOf(result, chains)}>
                <a href={pathOf(result, chains)}>
                  <Badge>{KIND[result.type]}</Badge> <Foreign value={describe(result)} />
                </a>
              </li>
            ))}
          </ul>
          {data.more && <p class="hint">There are more: type more characters to narrow the search.</p>}
        </Card>
      )}
    </>
  );
}

const KIND = {
  block: 'Block',
  transaction: 'Transaction',
  information: 'Information',
  chain: 'Chain',
  wallet: 'Wallet',
} as const;

function pathOf(
  { type, chain, index = 0, id = '', address = '' }: SearchResult,
  chains: Chains | undefined,
): string {
  const found = chainNamed(chains, chain);
  const inPath = found === undefined ? chain : nameInPath(chains, found);
  switch (type) {
    case 'block':
      return blockPath(chain, index);
    case 'transaction':
      return transactionPath(id, inPath);
    case 'information':
      return informationPath(id, inPath);
    case 'chain':
      return chainPath(chain);
    case 'wallet':
      return walletPath(address, inPath);
    default:
      return searchPath('');
  }
}

/** An exact match is what most people look for: its page opens at once, even if other names begin with the query. */
function onlyOne(results: readonly SearchResult[]): SearchResult | undefined {
  const exact = results.filter(({ match }) => match === 'exact');
  if (exact.length === 1) return exact[0];
  return results.length === 1 ? results[0] : undefined;
}

function describe({ type, chain, index = 0, hash = '', id = '', address = '' }: SearchResult): string {
  if (type === 'block') return `${index} of ${chain} (${shortHash(hash, 8)})`;
  if (type === 'chain') return chain;
  return type === 'wallet' ? `${address} on ${chain}` : `${shortHash(id, 8)} of ${chain}`;
}
