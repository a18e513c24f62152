/** What this node is and does, at a glance, as it happens. */
import { isSealedHere, isTokenChain, ownChainOf, statusOf, useNode, type NodeState } from '../api/node.js';
import { isOfFault, isOfFrozen, isStopped, ofUpstreams, upstreamState } from '../api/upstream.js';
import { chainPath, NETWORK, TRY_IT } from '../api/routes.js';
import type { Chain, Network } from '../api/types.js';
import { useJson } from '../api/use-json.js';
import { counted, duration, grouped, percent } from '../format.js';
import { BlockRow } from '../ui/block-row.js';
import { CHAIN_CARDS_MAX, ChainTable } from '../ui/chain-table.js';
import { ContractWords, scheduleWords } from '../ui/contract-words.js';
import { FrozenChains } from '../ui/frozen.js';
import { Faults } from '../ui/faults.js';
import { LatestRecords, LatestTransactions } from '../ui/latest.js';
import { Disagreements, NetworkTable } from '../ui/network-table.js';
import { SupplyCard } from '../ui/supply-card.js';
import { Unreachable } from '../ui/unreachable.js';
import {
  Badge,
  Card,
  Empty,
  Fact,
  Facts,
  Failed,
  Foreign,
  HashText,
  Loading,
  Note,
  Time,
  useTitle,
} from '../ui/parts.js';
import { RateChart } from '../ui/rate-chart.js';
import { NextBlockRing } from '../ui/ring.js';

export function Overview() {
  const node = useNode();
  const { chains, status, faults } = node;
  useTitle(undefined);
  if (chains === undefined) {
    return (
      <>
        <h1 tabIndex={-1} class="sr">
          Overview
        </h1>
        {node.connection === 'lost' ? null : <Loading what="the node" />}
      </>
    );
  }
  const isFollower = chains.role === 'follower';
  const isMany = chains.chains.length > CHAIN_CARDS_MAX;
  const others = status?.troubles.filter((trouble) => !isOfFault(trouble) && !isOfFrozen(trouble)) ?? [];
  const upstream = upstreamState(node);
  return (
    <>
      <Intro node={node} />
      <FrozenChains chains={chains.chains} />
      <Faults faults={ofUpstreams(faults)} isStopped={upstream.isAtFault} />
      <Unreachable node={node} />
      {others.length > 0 && (
        <Note tone="bad" title="This node is not ready">
          <ul>
            {others.map((trouble) => (
              <li key={trouble}>
                <Foreign value={trouble} />
              </li>
            ))}
          </ul>
        </Note>
      )}
      {chains.chains.length === 0 && (
        <Empty title="No chains yet">
          This follower has heard nothing from <Foreign value={chains.upstream ?? ''} /> so far. It keeps
          trying; this page fills by itself.
        </Empty>
      )}
      {isFollower && <Following node={node} />}
      {isMany ? (
        <ChainTable chains={chains.chains} node={node} />
      ) : (
        chains.chains.map((chain) => <ChainCard key={chain.name} chain={chain} node={node} />)
      )}
      {chains.chains.length > 0 && (
        <>
          <LatestTransactions chains={chains} />
          <LatestRecords chains={chains} />
          <div class="columns">
            <FirstSupply chains={chains.chains} />
            <Card title="Throughput" id="throughput">
              <RateChart isFollower={isFollower} />
            </Card>
          </div>
          <Peers isFollower={isFollower} />
          {!isMany && (
            <div class="columns">
              {chains.chains.map((chain) => (
                <Card key={chain.name} title={<>Contract of {chain.name}</>} id={`contract-${chain.name}`}>
                  <ContractWords chain={chain} />
                </Card>
              ))}
            </div>
          )}
        </>
      )}
    </>
  );
}

function Intro({ node: { chains } }: { readonly node: NodeState }) {
  if (chains === undefined) return null;
  const isFollower = chains.role === 'follower';
  const names = chains.chains.map(({ name }) => name);
  const [token, ...otherTokens] = chains.chains.filter(isTokenChain);
  const rate = otherTokens.length === 0 ? token?.contract.fee.rate : undefined;
  const own = ownChainOf(chains);
  return (
    <section class="intro">
      <div>
        <h1 tabIndex={-1}>
          {isFollower ? 'A follower: it checks every block' : 'The producer: it seals the blocks'}
        </h1>
        <p class="lead">
          {isFollower
            ? `This node pulls each block from its upstream, recomputes every hash, fee and signature, and only then serves it. ${own === undefined ? 'It has no key: it cannot write, only verify.' : `It seals one chain of its own, ${own.name}; the others it can only verify.`}`
            : 'This node takes transactions and information, promises each a block, and seals the blocks with its signature. Followers verify every byte of them.'}
          {names.length > CHAIN_CARDS_MAX && ` It has ${grouped(names.length)} chains.`}
          {names.length > 0 && names.length <= CHAIN_CARDS_MAX && (
            <>
              {' '}
              {names.length === 1 ? 'Its chain is ' : 'Its chains are '}
              {names.map((name, place) => (
                <>
                  {place > 0 && ' and '}
                  <a href={chainPath(name)}>{name}</a>
                </>
              ))}
              {rate !== undefined && ` · ${percent(rate)} fee`}.
            </>
          )}
        </p>
      </div>
      <ol class="flow" aria-label="How it works">
        <li>
          <strong>People send</strong>
          <span>transactions, information</span>
        </li>
        <li class={isFollower ? '' : 'here'}>
          <strong>The producer seals</strong>
          <span>{isFollower ? 'blocks, signed with its key' : 'you are here'}</span>
        </li>
        <li class={isFollower ? 'here' : ''}>
          <strong>Followers verify</strong>
          <span>{isFollower ? 'you are here' : 'every block, every byte'}</span>
        </li>
      </ol>
    </section>
  );
}

function ChainCard({ chain, node }: { readonly chain: Chain; readonly node: NodeState }) {
  const { name, kind, contract } = chain;
  const { chains, status, statusAt, blocks } = node;
  const isOurs = isSealedHere(chains, chain);
  const now = statusOf(status, name);
  const waiting = now?.waiting ?? 0;
  const list = blocks[name] ?? [];
  const head = list[0]?.header ?? chain.head;
  return (
    <Card
      id={`chain-${name}`}
      class={`chain ${kind}`}
      title={<a href={chainPath(name)}>{name}</a>}
      aside={
        <span class="chain-facts">
          <Badge tone={kind}>{`${kind} chain`}</Badge>
          {chain.frozen !== null ? (
            <Badge tone="bad">frozen</Badge>
          ) : (
            isStopped(node, name) && <Badge tone="bad">no longer followed</Badge>
          )}
          <span class="quiet">
            {counted(head.index, 'block')} · {counted(head.tree_size, 'entry', 'entries')}
            {isOurs && ` · ${grouped(waiting)} waiting`}
          </span>
        </span>
      }
    >
      <div class="chain-body">
        {isOurs ? (
          <NextBlockRing
            schedule={contract.schedule}
            next={now?.next_block ?? undefined}
            at={statusAt}
            waiting={waiting}
          />
        ) : (
          <div class="verified">
            <span class="quiet">Last verified</span>
            <strong>Block {head.index}</strong>
            <HashText value={head.hash} what="head hash" />
            <Time at={head.timestamp} />
          </div>
        )}
        <BlockRow chain={name} blocks={list} waiting={isOurs ? waiting : undefined} />
      </div>
      <p class="hint">A block is sealed {scheduleWords(contract.schedule)}.</p>
    </Card>
  );
}

/** Of more, the network's page says which are behind. */
const LAGS_SHOWN_MAX = 12;

function Following({ node }: { readonly node: NodeState }) {
  const { chains, status } = node;
  const { away } = upstreamState(node);
  const details = status?.details ?? chains?.details ?? {};
  const number = (name: string): number | undefined => {
    const value = details[name];
    return typeof value === 'number' ? value : undefined;
  };
  const syncAt = number('last_sync_at');
  const staleness = number('staleness_ms');
  const error = details.last_error;
  const own = ownChainOf(chains);
  const followed = (chains?.chains ?? []).filter((chain) => chain !== own);
  const unshown = Math.max(0, followed.length - LAGS_SHOWN_MAX);
  return (
    <Card title="Upstream" id="upstream">
      <Facts wide>
        <Fact name="Follows">
          <a href={chains?.upstream ?? '/'} rel="noreferrer">
            <Foreign value={chains?.upstream ?? ''} />
          </a>
        </Fact>
        {followed.slice(0, LAGS_SHOWN_MAX).map(({ name, frozen }) => (
          <Fact key={name} name={`Lag of ${name}`}>
            {isStopped(node, name)
              ? frozen === null
                ? 'no longer followed'
                : 'frozen: no longer followed'
              : away !== undefined
                ? 'unknown: the upstream does not answer'
                : lagWords(number(`lag_blocks_${name}`))}
          </Fact>
        ))}
        {unshown > 0 && (
          <Fact name="Further chains">
            {grouped(unshown)}: see <a href={NETWORK}>Network</a>
          </Fact>
        )}
        <Fact name="Last level with it">
          {syncAt === undefined ? 'not since the start' : <Time at={syncAt} />}
          {staleness !== undefined && staleness > 60_000 && (
            <Badge tone="warn">stale: {duration(staleness)}</Badge>
          )}
        </Fact>
        {typeof error === 'string' && (
          <Fact name="Last error">
            <Foreign class="wrap bad-text" value={error} />
          </Fact>
        )}
      </Facts>
    </Card>
  );
}

function lagWords(lag: number | undefined): string {
  if (lag === undefined) return 'not known yet';
  return lag === 0 ? 'none: level with the upstream' : `${counted(lag, 'block')} behind`;
}

/** Of the first token chain; the others' pages have their own. */
function FirstSupply({ chains }: { readonly chains: readonly Chain[] }) {
  const [first, ...others] = chains.filter(isTokenChain);
  if (first === undefined) return null;
  const { name } = first;
  const link = <a href={chainPath(name)}>{name}</a>;
  return <SupplyCard chain={first} title={others.length > 0 ? <>Tokens of {link}</> : 'Tokens'} />;
}

const PEERS_LOOK_MS = 3000;

function Peers({ isFollower }: { readonly isFollower: boolean }) {
  const { data, error, again } = useJson<Network>('/network', PEERS_LOOK_MS);
  return (
    <Card
      title={isFollower ? 'Upstream and other nodes' : 'Followers and other nodes'}
      id="peers"
      aside={<a href={NETWORK}>Network</a>}
    >
      {data !== undefined && <Disagreements network={data} />}
      {error !== undefined && <Failed error={error} again={again} />}
      {data === undefined && error === undefined && <Loading what="the network" />}
      {data?.nodes.length === 0 && (
        <Empty title="No other node is known here">
          Followers appear when they are registered: see <a href={NETWORK}>Network</a>. To make something
          happen, go to <a href={TRY_IT}>Try it</a>.
        </Empty>
      )}
      {data !== undefined && data.nodes.length > 0 && <NetworkTable network={data} />}
    </Card>
  );
}
