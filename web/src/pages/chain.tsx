/** One chain: its contract, and all its blocks in pages. */
import { chainNamed, headIndex, isTokenChain, nameInPath, summarised, useNode } from '../api/node.js';
import { blockPath, chainPath, OVERVIEW, recordsPath, transactionsPath } from '../api/routes.js';
import type { HeaderPage } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { counted, grouped } from '../format.js';
import { navigate } from '../router.js';
import { ContractWords } from '../ui/contract-words.js';
import { FrozenChains } from '../ui/frozen.js';
import { SupplyCard } from '../ui/supply-card.js';
import {
  Badge,
  Card,
  Empty,
  Failed,
  Foreign,
  HashText,
  Loading,
  PageTitle,
  Time,
  useTitle,
} from '../ui/parts.js';
import { Pager } from '../ui/pager.js';

const LIMIT = 50;

export function ChainPage({ name, query }: { readonly name: string; readonly query: URLSearchParams }) {
  const node = useNode();
  const chain = chainNamed(node.chains, name);
  useTitle(node.chains !== undefined && chain === undefined ? 'Chain not found' : `Chain ${name}`);
  if (node.chains === undefined) return <Loading what="the chain" />;
  if (chain === undefined) {
    return (
      <>
        <PageTitle>Chain not found</PageTitle>
        <Empty title={`This node has no chain with this name`}>
          <Foreign value={name} />. Its chains are on the <a href={OVERVIEW}>overview</a>.
        </Empty>
      </>
    );
  }
  const inPath = nameInPath(node.chains, chain);
  const head = headIndex(node, name);
  const asked = Number(query.get('to'));
  const to = Number.isSafeInteger(asked) && asked >= 1 ? Math.min(asked, head) : head;
  return (
    <>
      <PageTitle
        lead={
          <>
            <Badge tone={chain.kind}>{chain.kind}</Badge> {counted(head, 'block')} ·{' '}
            {isTokenChain(chain) ? (
              <a href={transactionsPath(inPath)}>transactions</a>
            ) : (
              <a href={recordsPath(inPath)}>records</a>
            )}
          </>
        }
      >
        {name}
      </PageTitle>
      <FrozenChains chains={[chain]} />
      {isTokenChain(chain) && <SupplyCard key={name} chain={chain} title="Tokens" wide />}
      <Card title="Blocks" id="blocks" aside={<JumpTo name={name} head={head} />}>
        <Blocks name={name} head={head} to={to} />
      </Card>
      <Card title="Contract" id="contract">
        <ContractWords chain={chain} />
      </Card>
    </>
  );
}

function JumpTo({ name, head }: { readonly name: string; readonly head: number }) {
  const jump = (event: SubmitEvent): void => {
    event.preventDefault();
    const index = Number(new FormData(event.currentTarget as HTMLFormElement).get('index'));
    if (Number.isSafeInteger(index) && index >= 1) navigate(blockPath(name, index));
  };
  return (
    <form class="jump" onSubmit={jump}>
      <label>
        <span class="quiet">Go to block</span>
        <input name="index" type="number" min={1} max={head} step={1} required inputMode="numeric" />
      </label>
      <button type="submit" class="button">
        Go
      </button>
    </form>
  );
}

function Blocks({ name, head, to }: { readonly name: string; readonly head: number; readonly to: number }) {
  // One more than shown: the number of entries is what a tree has more than the one before.
  const from = Math.max(1, to - LIMIT);
  const { data, error, again } = useJson<HeaderPage>(
    `/chains/${name}/headers?from=${from}&limit=${to - from + 1}`,
  );
  if (error !== undefined) return <Failed error={error} again={again} />;
  if (data === undefined) return <Loading what="blocks" />;
  const blocks = summarised(data.headers, 0).reverse();
  const oldest = blocks.at(-1)?.header.index ?? 1;
  const page = (last: number): (() => void) => {
    return () => navigate(last >= head ? chainPath(name) : `${chainPath(name)}?to=${last}`);
  };
  return (
    <>
      <div class="table-box narrows">
        <table class="entries lines blocks">
          <caption class="sr">Blocks of {name}, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Block</th>
              <th scope="col" class="right">
                Entries
              </th>
              <th scope="col">Hash</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {blocks.map(({ header, entries }) => (
              <tr key={header.index}>
                <td data-name="Block">
                  <a href={blockPath(name, header.index)}>
                    {grouped(header.index)}
                    {header.index === 1 && ' (genesis)'}
                  </a>
                </td>
                <td data-name="Entries" class="right">
                  {grouped(entries)}
                </td>
                <td data-name="Hash">
                  <HashText value={header.hash} what="block hash" digits={8} />
                </td>
                <td data-name="Time" class="quiet">
                  <Time at={header.timestamp} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager
        what="blocks"
        newer={to < head ? page(Math.min(head, to + LIMIT)) : undefined}
        older={oldest > 1 ? page(oldest - 1) : undefined}
      >
        {grouped(oldest)}–{grouped(to)} of {grouped(head)}
      </Pager>
    </>
  );
}
