/** The targets of an audit, a node or a database, and the chains that the user expects of it. */
import type { Contract } from '../chain/contract/contract.js';
import type { Hash, PublicKey } from '../chain/bytes/bytes.js';
import { fault, shown, type Fault } from '../chain/faults.js';
import type { AuditBlock, ChainAudit, NonceUses } from './chain-audit.js';

/** A chain with a readable contract that hashes to its id. */
export interface TargetChain {
  readonly id: Hash;
  /** its name at the target */
  readonly name: string;
  readonly contract: Contract;
  /** the target's own counts; only used to show progress */
  readonly size: { readonly blocks: number; readonly entries: number };
  /** The entries' nonces, if the target itself has them in order; otherwise the audit collects them. */
  readonly nonces?: NonceUses;
  /**
   * Every block from genesis. No block follows a faulty one.
   * @param sizeBefore entries of the blocks that were verified so far
   */
  blocks(sizeBefore: () => number): Iterable<AuditBlock | Fault> | AsyncIterable<AuditBlock | Fault>;
  /**
   * The later blocks, up to the target's current head; undefined if there are none.
   * Called once, if records lack their content and no erasure so far explains it.
   */
  newer?(sizeBefore: () => number): AsyncIterable<AuditBlock | Fault>;
  /** Compares what the target has in addition to the blocks, once all of them are verified; in steps. */
  finish(audit: ChainAudit): Generator<void, ChainEnd | Fault, void>;
}

/** The data compared in addition to the blocks; undefined if the target doesn't show it. */
export interface ChainEnd {
  /** entries that wait for a block */
  readonly waiting?: number;
  readonly wallets?: number;
  readonly holds?: number;
  /** static files that were compared */
  readonly files?: number;
}

/** A chain whose audit can't even begin. */
export interface BrokenChain {
  readonly name: string;
  readonly fault: Fault;
}

/** A chain that this version doesn't support. */
export interface UnsupportedChain {
  readonly name: string;
  readonly reason: string;
}

export interface AuditTarget {
  /** for people: a node's URL, or a database file */
  readonly name: string;
  readonly role: string;
  /** Checks what all chains depend on; in steps. */
  begin(): Generator<void, Fault | undefined, void>;
  chains(): readonly (TargetChain | BrokenChain)[];
  /** Chains of an unknown kind or version: they are not audited, and are not a fault. */
  unsupported(): readonly UnsupportedChain[];
  /** Compares data that belongs to no particular chain, once all chains are valid; in steps. */
  finish(): Generator<void, Fault | undefined, void>;
  close(): Promise<void>;
}

/** Facts that the user knows from elsewhere. */
export interface Pins {
  /** the ids of required chains */
  readonly chainIds: readonly Hash[];
  /** of every chain */
  readonly producer: PublicKey | undefined;
  /** names or ids of the chains to audit; empty: all of them */
  readonly only: readonly string[];
}

/** Whether the user selected this chain. */
export function isCalled(chain: TargetChain | BrokenChain, reference: string): boolean {
  return chain.name === reference || ('id' in chain && chain.id === reference);
}

/** The expectations of a target: the pinned chains, and chains of the pinned producer. */
export class Expectation {
  private readonly missing: readonly Hash[];

  constructor(
    private readonly pins: Pins,
    private readonly chains: readonly (TargetChain | BrokenChain)[],
  ) {
    this.missing = pins.chainIds.filter((pin) => !chains.some((chain) => 'id' in chain && chain.id === pin));
  }

  /** A required chain that is missing. */
  absence(): Fault | undefined {
    const [pin, ...others] = this.missing;
    if (pin === undefined) return undefined;
    return fault('CHAIN_MISSING', {
      field: 'chain id',
      expected: [pin, ...others].join(' and '),
      found: this.chains.length === 0 ? 'no chain' : this.chains.map(chainLabel).join(', '),
    });
  }

  /** Why a chain isn't the expected one: then it need not be read. */
  mismatch({ id, contract }: TargetChain): Fault | undefined {
    const [pin] = this.missing;
    if (pin !== undefined && !this.pins.chainIds.includes(id)) {
      return fault('CHAIN_MISMATCH', { field: 'chain id', expected: pin, found: id });
    }
    const { producer } = this.pins;
    if (producer === undefined || contract.producer === producer) return undefined;
    return fault('PRODUCER_MISMATCH', {
      field: 'contract.producer',
      expected: producer,
      found: contract.producer,
    });
  }
}

function chainLabel(chain: TargetChain | BrokenChain): string {
  return 'fault' in chain ? `${shown(chain.name)}, which can't be read` : `${shown(chain.name)} ${chain.id}`;
}
