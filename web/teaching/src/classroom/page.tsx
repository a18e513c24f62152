/** Three networks beside each other: blocks as they come, forks, the lottery, followers that verify. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Badge, Loading, Note } from '../../../src/ui/parts.js';
import { ThemeSwitch } from '../../../src/ui/theme-switch.js';
import type {
  BlockState,
  ClassroomState,
  EventState,
  MinerState,
  NetworkName,
  NodeState,
  ProofOfStakeState,
  ProofOfWorkState,
  SmartState,
} from '../../../../src/teaching/classroom/state.js';
import { addLoad, switchNode, useClass } from './use-state-of-class.js';

export function ClassroomPage() {
  const { state, isLost } = useClass();
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <div class="top-inner class-wide">
          <span class="brand">
            <img src="/favicon.svg" alt="" width="26" height="26" />
            <span>Classroom</span>
          </span>
          <div class="top-end teaching-end">
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main id="main" class="class-wide">
        <h1>Three ways to agree on what comes next</h1>
        {isLost && (
          <Note tone="bad" title="The classroom does not answer">
            <p>What is shown is what it last said. Is npm run classroom still running?</p>
          </Note>
        )}
        {state === undefined ? <Loading what="the classroom" /> : <Networks state={state} />}
      </main>
      <footer class="foot class-wide">
        <span>Real nodes on this machine, each a process of its own.</span>
        <a href="/api">API</a>
      </footer>
    </>
  );
}

function Networks({ state }: { readonly state: ClassroomState }) {
  return (
    <>
      <div class="networks">
        <ProofOfWork state={state.proof_of_work} />
        <ProofOfStake state={state.proof_of_stake} />
        <Smart state={state.bpsc} />
      </div>
      <Events events={state.events} />
    </>
  );
}

interface NetworkProps {
  readonly name: NetworkName;
  readonly title: string;
  readonly lead: string;
  readonly children: ComponentChildren;
}

function Network({ name, title, lead, children }: NetworkProps) {
  return (
    <section class={`card network ${name}`} aria-labelledby={name}>
      <header class="card-head">
        <h2 id={name}>{title}</h2>
        <LoadButton network={name} title={title} />
      </header>
      <p class="hint">{lead}</p>
      {children}
    </section>
  );
}

const LOAD_MS = 5000;

function LoadButton({ network, title }: { readonly network: NetworkName; readonly title: string }) {
  const [isBusy, setBusy] = useState(false);
  const press = (): void => {
    setBusy(true);
    void addLoad(network);
    setTimeout(() => setBusy(false), LOAD_MS);
  };
  return (
    <button type="button" class="button" disabled={isBusy} onClick={press} aria-label={`Add load: ${title}`}>
      {isBusy ? 'Sending …' : 'Add load'}
    </button>
  );
}

interface NodeProps {
  readonly node: NodeState;
  readonly badge: ComponentChildren;
  readonly children?: ComponentChildren;
}

function Node({ node, badge, children }: NodeProps) {
  const { name, url, isRunning } = node;
  return (
    <li class={isRunning ? 'node' : 'node stopped'}>
      <div class="node-head">
        {url === '' ? (
          <strong>{name}</strong>
        ) : (
          <a href={url}>
            <strong>{name}</strong>
          </a>
        )}
        {isRunning ? badge : <Badge tone="bad">stopped</Badge>}
        <button
          type="button"
          class="button small"
          aria-label={`${isRunning ? 'Stop' : 'Start'} ${name}`}
          onClick={() => void switchNode(name, isRunning ? 'stop' : 'start')}
        >
          {isRunning ? 'Stop' : 'Start'}
        </button>
      </div>
      {children}
    </li>
  );
}

interface BlocksProps {
  readonly blocks: readonly BlockState[];
  readonly label: string;
  /** hashes of the blocks that are on another branch than the longest chain */
  readonly forked?: ReadonlySet<string>;
}

function Blocks({ blocks, label, forked }: BlocksProps) {
  return (
    <ol class="blocks" aria-label={label}>
      {blocks.map(({ index, hash, transactions, by }) => {
        const isForked = forked?.has(hash) === true;
        return (
          <li
            key={hash}
            class={isForked ? 'box forked' : 'box'}
            title={`${hash}${by === '' ? '' : `, by ${by}`}`}
          >
            <strong>{index}</strong>
            <span class="box-hash">{hash.slice(0, 4)}</span>
            <span class="box-count">{isForked ? 'fork' : `${transactions} tx`}</span>
          </li>
        );
      })}
    </ol>
  );
}

function ProofOfWork({ state }: { readonly state: ProofOfWorkState }) {
  const forked = forkedHashes(state.nodes);
  return (
    <Network
      name="proof_of_work"
      title="Proof of work"
      lead={`Anybody may mine: a block needs a hash with ${state.zeros} zeros, about ${state.expectedTries.toLocaleString('en')} tries. The longest chain counts.`}
    >
      <p class="fork-note" role="status">
        {forked.size > 0 ? (
          <>
            <Badge tone="warn">fork</Badge> Two chains: one will be given up.
          </>
        ) : (
          <>
            <Badge tone="ok">one chain</Badge> No miner contradicts another.
          </>
        )}
      </p>
      <ul class="nodes">
        {state.nodes.map((node) => (
          <Node
            key={node.name}
            node={node}
            badge={
              node.isMining ? (
                <Badge tone="token">mining, {node.tries.toLocaleString('en')} tries</Badge>
              ) : (
                <Badge>idle</Badge>
              )
            }
          >
            <Blocks blocks={node.blocks} label={`Blocks of ${node.name}`} forked={forked} />
            <p class="hint">
              {node.length} blocks, {node.pending} waiting, chain replaced {node.replacements}×
            </p>
          </Node>
        ))}
      </ul>
    </Network>
  );
}

/** Of running nodes: blocks that the longest chain does not have at their index. */
function forkedHashes(nodes: readonly MinerState[]): ReadonlySet<string> {
  const running = nodes.filter(({ isRunning }) => isRunning);
  const longest = running.reduce<MinerState | undefined>(
    (best, node) => (best === undefined || node.length > best.length ? node : best),
    undefined,
  );
  const right = new Map(longest?.blocks.map(({ index, hash }) => [index, hash]));
  const others = running
    .flatMap(({ blocks }) => blocks)
    .filter(({ index, hash }) => right.has(index) && right.get(index) !== hash);
  return new Set(others.map(({ hash }) => hash));
}

function ProofOfStake({ state }: { readonly state: ProofOfStakeState }) {
  const { validators, server, blocks, rounds, roundMs, nextLotteryInMs, length } = state;
  const seconds = Math.ceil(nextLotteryInMs / 1000);
  return (
    <Network
      name="proof_of_stake"
      title="Proof of stake"
      lead={`Validators propose, and every ${roundMs / 1000} s a lottery picks one: who stakes three times as much wins three times as often.`}
    >
      <ul class="nodes">
        <Node node={server} badge={<Badge tone="token">next lottery in {seconds} s</Badge>}>
          <progress
            class="lottery"
            max={roundMs}
            value={roundMs - Math.min(nextLotteryInMs, roundMs)}
            aria-label="Time until the next lottery"
          />
          <Blocks blocks={blocks} label="Blocks of the proof-of-stake chain" />
          <p class="hint">
            {length} blocks, {rounds} rounds
          </p>
        </Node>
        {validators.map((validator) => (
          <Node
            key={validator.name}
            node={validator}
            badge={validator.isCandidate ? <Badge tone="ok">candidate</Badge> : <Badge>waiting</Badge>}
          >
            <meter
              class="share"
              min={0}
              max={1}
              value={validator.share}
              aria-label={`Share of ${validator.name} in all stakes`}
            />
            <p class="hint">
              stake {validator.stake}, {Math.round(validator.share * 100)} % of all; won {validator.wins} of{' '}
              {rounds}
            </p>
          </Node>
        ))}
      </ul>
    </Network>
  );
}

function Smart({ state }: { readonly state: SmartState }) {
  return (
    <Network
      name="bpsc"
      title="Smart blockchain"
      lead={`One producer seals and signs, every ${state.blockIntervalMs / 1000} s where something waits. Followers verify every byte, and never give up a block.`}
    >
      <ul class="nodes">
        {state.nodes.map((node) => (
          <Node
            key={node.name}
            node={node}
            badge={
              node.role === 'producer' ? (
                <Badge tone="token">seals</Badge>
              ) : node.behind === 0 ? (
                <Badge tone="ok">verified</Badge>
              ) : (
                <Badge tone="warn">{node.behind} behind</Badge>
              )
            }
          >
            <Blocks blocks={node.blocks} label={`Blocks of ${node.name}`} />
            <p class="hint">
              {node.length} blocks{node.role === 'producer' ? `, ${node.pending} waiting` : ''}
            </p>
          </Node>
        ))}
      </ul>
    </Network>
  );
}

const NETWORK_WORDS: Readonly<Record<NetworkName, string>> = {
  proof_of_work: 'work',
  proof_of_stake: 'stake',
  bpsc: 'smart',
};

function Events({ events }: { readonly events: readonly EventState[] }) {
  return (
    <section class="card" aria-labelledby="events">
      <header class="card-head">
        <h2 id="events">What happened</h2>
      </header>
      <ol class="event-list" tabIndex={0} aria-labelledby="events">
        {events.map(({ id, at, network, text }) => (
          <li key={id}>
            <time dateTime={new Date(at).toISOString()}>{new Date(at).toLocaleTimeString()}</time>
            <Badge>{NETWORK_WORDS[network]}</Badge>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
