/**
 * Compares what one peer shows with this node's chains, at the lower of the two heads. What the peer says is nobody's fault
 * but what a chain's producer signed is: two headers of one index, or two checkpoints, convict it (protocol, section 12).
 */
import type { SealedHeader } from '../chain/block/block.js';
import { parseHeader, verifySeal } from '../chain/block/verify-block.js';
import { parseHash } from '../chain/bytes/bytes.js';
import { asFields, type Fields } from '../chain/bytes/fields.js';
import { modestJson } from '../chain/bytes/json-size.js';
import { contractJson } from '../chain/contract/contract.js';
import { isFault } from '../chain/faults.js';
import { parseCheckpoint } from '../chain/note/checkpoint.js';
import { formatEquivocation } from '../chain/proof/equivocation.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import { checkpointEvidence, isVerified } from '../ledger/checkpoint-evidence.js';
import type { Clock } from '../ledger/clock.js';
import type { Convictions } from '../ledger/convictions.js';
import type { LedgerStore } from '../ledger/store.js';
import type { ChainMemory, PeerMemory } from './peer-memory.js';
import { readShownHeads, type ShownHead } from './shown-heads.js';

/** One GET at a peer. @returns undefined unless it answers 2xx, in time and with no more bytes */
export type AskPeer = (path: string, bytesMax: number) => Promise<string | undefined>;

export interface ComparisonParts {
  readonly store: Pick<LedgerStore, 'store'>;
  readonly convictions: Pick<Convictions, 'of' | 'add'>;
  readonly clock: Pick<Clock, 'elapsed'>;
  /**
   * Called if somebody else signs with the key of a chain that this node seals: the peer has a block of it that this node
   * did not make.
   */
  readonly onKeyInUse: (chain: string, header: SealedHeader, url: string) => void;
}

/** Of one look at one peer: requests beyond GET /chains, and signatures to verify. The rest waits for the next look. */
const WORK_MAX = 8;
const HEADER_BYTES_MAX = 16_384;
const HEADER_VALUES_MAX = 64;
/** Of evidence, beside the contract: two checkpoints with all their cosignatures. */
const EVIDENCE_BYTES_MAX = 65_536;
/** A peer that sends something else as evidence is asked for it again after this time. */
const PAUSE_MS = 600_000;

export class Comparison {
  private work = WORK_MAX;

  constructor(
    private readonly parts: ComparisonParts,
    private readonly memory: PeerMemory,
    private readonly url: string,
    private readonly ask: AskPeer,
  ) {}

  /** @param text the peer's answer to GET /chains. @returns whether it is one */
  async take(text: string): Promise<boolean> {
    const { store, convictions } = this.parts;
    const isOpen = (id: ShownHead['id']): boolean =>
      store.store(id) !== undefined && convictions.of(id) === undefined;
    const heads = readShownHeads(text, isOpen);
    for (const shown of heads ?? []) {
      const ours = store.store(shown.id);
      if (ours !== undefined) await this.compare(ours, shown);
    }
    return heads !== undefined;
  }

  private async compare(store: AnyChainStore, shown: ShownHead): Promise<void> {
    const { convictions, clock } = this.parts;
    const known = this.memory.of(this.url, shown.id);
    if (shown.isFrozen && known.notBefore <= clock.elapsed()) await this.takeEvidence(store, known);
    if (convictions.of(shown.id) !== undefined) return;
    await this.compareHeads(store, shown, known);
    if (convictions.of(shown.id) !== undefined) return;
    await this.compareCheckpoints(store, shown, known);
  }

  /** A peer that holds evidence passes it on. */
  private async takeEvidence(store: AnyChainStore, known: ChainMemory): Promise<void> {
    if (!this.mayWork()) return;
    const { id, contract } = store.chain;
    const bytesMax = Buffer.byteLength(JSON.stringify(contractJson(contract))) + EVIDENCE_BYTES_MAX;
    const text = await this.ask(`/chains/${id}/evidence`, bytesMax);
    if (text === undefined || (await this.parts.convictions.add(text, this.url)) !== undefined) return;
    known.notBefore = this.parts.clock.elapsed() + PAUSE_MS;
  }

  private async compareHeads(store: AnyChainStore, shown: ShownHead, known: ChainMemory): Promise<void> {
    const { index } = store.head().header;
    // A head that was ahead at an earlier look may be compared by now, and costs no request.
    const before = known.ahead;
    const isReached = before !== undefined && before.index <= index;
    if (isReached) {
      known.ahead = undefined;
      if (!(await this.compareAt(store, before))) return;
    }
    if (shown.index <= index) {
      await this.compareAt(store, shown);
      return;
    }
    known.ahead ??= shown;
    const isKnown = known.agreed?.at === index && known.agreed.theirHead === shown.hash;
    if (!isReached && !isKnown && (await this.agreesAt(store, index))) {
      known.agreed = { theirHead: shown.hash, at: index };
    }
    if (store.chain.origin !== 'followed') this.checkKey(store, shown);
  }

  /** Compares a peer's header with this node's of the same index, which is not beyond this node's head. */
  private async compareAt(
    store: AnyChainStore,
    { index, hash, fields }: Pick<ShownHead, 'index' | 'hash' | 'fields'>,
  ): Promise<boolean> {
    const ours = store.header(index);
    if (ours === undefined || ours.hash === hash) return true;
    const theirs = parseHeader(fields);
    if (isFault(theirs) || !this.mayWork()) return false;
    const { contract } = store.chain;
    await this.parts.convictions.add(formatEquivocation({ contract, headers: [ours, theirs] }), this.url);
    return false;
  }

  /** Asks a peer that is ahead for its header at this node's head. */
  private async agreesAt(store: AnyChainStore, index: number): Promise<boolean> {
    if (!this.mayWork()) return false;
    const path = `/chains/${store.chain.id}/headers?from=${index}&limit=1`;
    const fields = headerIn(await this.ask(path, HEADER_BYTES_MAX));
    const hash = parseHash(fields?.hash);
    if (fields === undefined || hash === undefined || fields.index !== index) return false;
    return this.compareAt(store, { index, hash, fields });
  }

  /** A head beyond this node's, of a chain that this node seals: nobody else can have made it. */
  private checkKey(store: AnyChainStore, { fields }: ShownHead): void {
    const header = parseHeader(fields);
    // This node may have sealed meanwhile.
    if (isFault(header) || header.index <= store.head().header.index || !this.mayWork()) return;
    if (header.chain !== store.chain.id || verifySeal(header, store.chain.contract) !== undefined) return;
    this.parts.onKeyInUse(store.chain.name, header, this.url);
  }

  private async compareCheckpoints(
    store: AnyChainStore,
    { checkpoints }: ShownHead,
    known: ChainMemory,
  ): Promise<void> {
    const done: string[] = [];
    for (const text of checkpoints) {
      if (known.checkpoints.includes(text) || (await this.takeCheckpoint(store, text))) done.push(text);
    }
    known.checkpoints = done;
  }

  /** @returns whether it needs no second look */
  private async takeCheckpoint(store: AnyChainStore, text: string): Promise<boolean> {
    const checkpoint = parseCheckpoint(text);
    if (typeof checkpoint === 'string' || isVerified(store, checkpoint)) return true;
    // It is looked at again once this node has come so far.
    if (checkpoint.size > store.head().header.treeSize || !this.mayWork()) return false;
    const evidence = checkpointEvidence(store, checkpoint);
    if (evidence !== undefined) await this.parts.convictions.add(evidence, this.url);
    return true;
  }

  private mayWork(): boolean {
    return this.work-- > 0;
  }
}

/** The header in a page of headers. */
function headerIn(text: string | undefined): Fields | undefined {
  const headers = asFields(modestJson(text ?? '', HEADER_VALUES_MAX))?.headers;
  return Array.isArray(headers) ? asFields((headers as unknown[])[0]) : undefined;
}
