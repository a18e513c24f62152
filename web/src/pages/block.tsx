/** One block: read and checked here, entry by entry, without the node's word for it. */
import { useEffect, useState } from 'preact/hooks';
import { KINDS } from '../../../src/chain/contract/kinds.js';
import { chainNamed, headIndex, isTokenChain, nameInPath, useNode } from '../api/node.js';
import { blockPath, chainPath, OVERVIEW } from '../api/routes.js';
import type { Chain, ErasureWire, InformationWire, TransactionWire } from '../api/types.js';
import { useBlockCheck, type BlockCheck } from '../check/use-check.js';
import { bytes, counted, grouped } from '../format.js';
import { CheckPanel } from '../ui/check-panel.js';
import { InformationTable, TransactionTable } from '../ui/entry-table.js';
import { Icon } from '../ui/icon.js';
import { OfChain } from '../ui/of-chain.js';
import {
  Badge,
  Card,
  CopyButton,
  Empty,
  Fact,
  Facts,
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

export function BlockPage({ name, index }: { readonly name: string; readonly index: string }) {
  const node = useNode();
  const chain = chainNamed(node.chains, name);
  const head = headIndex(node, name);
  const number = /^[1-9][0-9]{0,14}$/.test(index) ? Number(index) : Infinity;
  const isThere = chain !== undefined && number <= head;
  useTitle(
    isThere || node.chains === undefined
      ? `Block ${index} of ${name}`
      : `Block ${index} of ${name} not found`,
  );
  if (node.chains === undefined) return <Loading what="the block" />;
  if (!isThere) return <MissingBlock chain={chain} name={name} index={index} head={head} />;
  return (
    <OfChain.Provider value={nameInPath(node.chains, chain)}>
      <Block chain={chain} index={number} head={head} />
    </OfChain.Provider>
  );
}

interface MissingBlockProps {
  readonly chain: Chain | undefined;
  readonly name: string;
  readonly index: string;
  readonly head: number;
}

/** It may be sealed yet: then the page becomes its own. */
function MissingBlock({ chain, name, index, head }: MissingBlockProps) {
  return (
    <>
      <PageTitle>Block not found</PageTitle>
      <Empty title="There is no such block on this node">
        {chain === undefined ? (
          <>
            It has no chain <Foreign value={name} />. Its chains are on the <a href={OVERVIEW}>overview</a>.
          </>
        ) : (
          <>
            {name} has no block <Foreign value={index} />: the last one so far is{' '}
            <a href={blockPath(name, head)}>block {grouped(head)}, its head</a>.
          </>
        )}
      </Empty>
    </>
  );
}

function Block({
  chain,
  index,
  head,
}: {
  readonly chain: Chain;
  readonly index: number;
  readonly head: number;
}) {
  const { name, kind, id } = chain;
  const check = useBlockCheck(name, index);
  const { opened, error, ask, verdict } = check;
  const [from, setFrom] = useState(0);
  const count = opened?.entries ?? 0;
  useEffect(() => {
    if (opened !== undefined) ask(from, from + LIMIT);
  }, [opened, from, ask]);
  const first = opened === undefined ? 0 : opened.header.treeSize - count;
  const showEntry = (sequence: number): void => {
    const position = sequence - first;
    if (position >= 0 && position < count) setFrom(Math.floor(position / LIMIT) * LIMIT);
    document.getElementById('entries')?.scrollIntoView({ block: 'start' });
  };
  return (
    <>
      <PageTitle
        crumbs={
          <>
            <a href={chainPath(name)}>{name}</a> <Badge tone={kind}>{kind}</Badge>
          </>
        }
        lead={opened !== undefined && <Time at={opened.header.timestamp} both />}
      >
        Block {grouped(index)}
        {index === 1 && <span class="quiet"> · genesis</span>}
        {opened !== undefined && opened.header.treeSize <= (chain.witnessed_size ?? -1) && (
          <>
            {' '}
            <Badge tone="ok">witnessed</Badge>
          </>
        )}
      </PageTitle>
      <Neighbours name={name} index={index} head={head} />
      {error !== undefined && <Failed error={error} />}
      {error === undefined && (
        <div class="columns block-columns">
          <div class="stack">
            {opened !== undefined ? (
              <HeaderCard check={check} chain={chain} />
            ) : (
              <Card>
                <Loading what="the block" />
              </Card>
            )}
            {opened !== undefined && <Raw check={check} name={name} index={index} />}
          </div>
          <div id="check-box">
            <CheckPanel
              check={check}
              kind={kind}
              contractId={verdict === undefined ? undefined : id}
              showEntry={opened === undefined ? undefined : showEntry}
            />
          </div>
        </div>
      )}
      {opened !== undefined && (
        <Card
          id="entries"
          title={KINDS[kind].hasBooks ? 'Transactions' : 'Information records'}
          aside={<span class="quiet">{counted(count, 'entry', 'entries')}</span>}
        >
          <Entries check={check} chain={chain} from={from} setFrom={setFrom} first={first} />
        </Card>
      )}
    </>
  );
}

function Neighbours({
  name,
  index,
  head,
}: {
  readonly name: string;
  readonly index: number;
  readonly head: number;
}) {
  return (
    <nav class="neighbours" aria-label="Blocks before and after">
      {index > 1 ? (
        <a class="button" href={blockPath(name, index - 1)} rel="prev">
          <Icon name="back" /> Block {grouped(index - 1)}
        </a>
      ) : (
        <span class="button off">
          <Icon name="back" /> no block before
        </span>
      )}
      {index < head ? (
        <a class="button" href={blockPath(name, index + 1)} rel="next">
          Block {grouped(index + 1)} <Icon name="arrow" />
        </a>
      ) : (
        <span class="button off">
          the next is not sealed yet <Icon name="arrow" />
        </span>
      )}
    </nav>
  );
}

function HeaderCard({ check, chain }: { readonly check: BlockCheck; readonly chain: Chain }) {
  if (check.opened === undefined) return null;
  const { header, entries } = check.opened;
  return (
    <Card title="Header" id="header">
      <Facts>
        <Fact name="Hash">
          <HashText value={header.hash} what="block hash" whole />
        </Fact>
        <Fact name="Previous hash">
          {header.index > 1 ? (
            <HashText
              value={header.previousHash}
              what="previous hash"
              whole
              href={blockPath(chain.name, header.index - 1)}
            />
          ) : (
            <HashText value={header.previousHash} what="previous hash" whole />
          )}
        </Fact>
        <Fact name="Tree root">
          <HashText value={header.treeRoot} what="tree root" whole />
        </Fact>
        <Fact name="Tree size">
          {counted(header.treeSize, 'entry', 'entries')} of the chain so far
          {entries > 0 && (
            <span class="hint">
              sequences {grouped(header.treeSize - entries)} to {grouped(header.treeSize - 1)} are in this
              block
            </span>
          )}
        </Fact>
        <Fact name="Sealed">
          <Time at={header.timestamp} both />
        </Fact>
        <Fact name="Signature">
          <HashText value={header.signature} what="signature" whole />
        </Fact>
        <Fact name="Producer’s key">
          <HashText value={chain.contract.producer} what="producer’s key" whole />
        </Fact>
        <Fact name="Chain id">
          <HashText value={header.chain} what="chain id" whole />
        </Fact>
      </Facts>
    </Card>
  );
}

interface EntriesProps {
  readonly check: BlockCheck;
  readonly chain: Chain;
  readonly from: number;
  readonly setFrom: (from: number) => void;
  readonly first: number;
}

function Entries({ check: { opened, page, verdict }, chain, from, setFrom, first }: EntriesProps) {
  const count = opened?.entries ?? 0;
  if (count === 0) {
    return (
      <Empty title="Nothing in this block">
        {opened?.header.index === 1
          ? 'The first block holds no entries: it opens the chain.'
          : 'It was sealed while nothing waited.'}
      </Empty>
    );
  }
  if (page === undefined || page.from !== from) return <Loading what="entries" />;
  const bad = verdict?.fault?.sequence;
  const badHere = bad !== undefined && bad - first >= from && bad - first < from + LIMIT;
  const caption = `Entries ${first + from} to ${first + from + page.entries.length - 1}`;
  return (
    <>
      {badHere && (
        <p class="bad-text">
          The entry with sequence {bad} is at fault: row {bad - first - from + 1} below.
        </p>
      )}
      {isTokenChain(chain) ? (
        <TransactionTable
          entries={page.entries.filter(isTransaction)}
          symbol={chain.contract.token.symbol}
          caption={caption}
          bad={badHere ? bad - first - from : undefined}
        />
      ) : (
        <InformationTable
          entries={page.entries.filter(isInformation)}
          caption={caption}
          bad={badHere ? bad - first - from : undefined}
        />
      )}
      <Pager
        what="entries"
        words={['Before', 'After']}
        newer={from > 0 ? () => setFrom(Math.max(0, from - LIMIT)) : undefined}
        older={from + LIMIT < count ? () => setFrom(from + LIMIT) : undefined}
      >
        {grouped(from + 1)}–{grouped(Math.min(count, from + LIMIT))} of {grouped(count)}
      </Pager>
    </>
  );
}

/** A tampered block may hold anything: what can't be shown as a row is left to the raw view. */
function isTransaction(entry: unknown): entry is TransactionWire {
  return hasTexts(entry, ['id', 'type', 'sender']);
}

function isInformation(entry: unknown): entry is InformationWire | ErasureWire {
  return hasTexts(entry, ['id', 'type']);
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return names.every((name) => typeof fields[name] === 'string');
}

function Raw({
  check,
  name,
  index,
}: {
  readonly check: BlockCheck;
  readonly name: string;
  readonly index: number;
}) {
  if (check.opened === undefined) return null;
  const { headerText, characters } = check.opened;
  return (
    <Card
      title="Raw bytes"
      id="raw"
      aside={
        <a href={`/chains/${encodeURIComponent(name)}/blocks/${index}`} target="_blank" rel="noreferrer">
          the block as it was served ({bytes(characters)})
        </a>
      }
    >
      <p class="hint">
        The canonical header (RFC 8785): these {new TextEncoder().encode(headerText).length} bytes are what is
        hashed. Signed is <code>bpsc/block/v1</code>, a line feed, and the same bytes. Each entry’s own bytes
        are on its page.
      </p>
      <div class="raw-box">
        <pre class="raw" tabIndex={0} dir="ltr">
          {headerText}
        </pre>
        <CopyButton text={headerText} what="canonical header" />
      </div>
    </Card>
  );
}
