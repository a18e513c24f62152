/** The targets of an audit, a node or a database, and the chains that the user expects of it. */
import type { Contract } from '../chain/contract/contract.js';
import type { Hash, PublicKey } from '../chain/bytes/bytes.js';
import { fault, shown, type Fault } from '../chain/faults.js';
import type { AuditBlock, ChainAudit, NonceUses } from './chain-audit.js';

/** A chain whose contract could be read, and hashes to its id. */
export interface TargetChain {
  readonly id: Hash;
  /** what the target calls it */
  readonly name: string;
  readonly contract: Contract;
  /** what the target says that there is; only a measure for the progress */
  readonly size: { readonly blocks: number; readonly entries: number };
  /** The entries' nonces, where the target itself keeps them in order; else the audit remembers them. */
  readonly nonces?: NonceUses;
  /**
   * Every block from genesis. After a fault there is no other.
   * @param sizeBefore entries of the blocks that were verified so far
   */
  blocks(sizeBefore: () => number): Iterable<AuditBlock | Fault> | AsyncIterable<AuditBlock | Fault>;
  /**
   * The blocks after those, up to the head that the target shows now; undefined where it shows nothing more than it did.
   * Asked for once, where records lack their content and nothing so far erases them.
   */
  newer?(sizeBefore: () => number): AsyncIterable<AuditBlock | Fault>;
  /** Compares what the target has in addition to the blocks, once all of them are verified; in steps. */
  finish(audit: ChainAudit): Generator<void, ChainEnd | Fault, void>;
}

/** The data compared in addition to the blocks; undefined where the target doesn't show it. */
export interface ChainEnd {
  /** entries that wait for a block */
  readonly waiting?: number;
  readonly wallets?: number;
  readonly holds?: number;
}

/** A chain that can't even be begun. */
export interface BrokenChain {
  readonly name: string;
  readonly fault: Fault;
}

/** A chain that this version knows nothing of. */
export interface UnsupportedChain {
  readonly name: string;
  readonly reason: string;
}

export interface AuditTarget {
  /** for people: a node's URL, or a database file */
  readonly name: string;
  readonly role: string;
  /** Looks at what has to be right before any chain can be read; in steps. */
  begin(): Generator<void, Fault | undefined, void>;
  chains(): readonly (TargetChain | BrokenChain)[];
  /** Chains of a kind or version that isn't known here: nothing is said of them, and they are no fault. */
  unsupported(): readonly UnsupportedChain[];
  /** Compares what belongs to no one chain, once all of them were found to be right; in steps. */
  finish(): Generator<void, Fault | undefined, void>;
  close(): Promise<void>;
}

/** The facts that the user knows from elsewhere. */
export interface Pins {
  /** of chains that must be there */
  readonly chainIds: readonly Hash[];
  /** of every chain */
  readonly producer: PublicKey | undefined;
  /** names or ids of the chains that are audited; all of them where there are none */
  readonly only: readonly string[];
}

/** Whether a user means this chain. */
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

  /** A chain that must be there, and isn't. */
  absence(): Fault | undefined {
    const [pin, ...others] = this.missing;
    if (pin === undefined) return undefined;
    return fault('CHAIN_MISSING', {
      field: 'chain id',
      expected: [pin, ...others].join(' and '),
      found: this.chains.length === 0 ? 'no chain' : this.chains.map(chainLabel).join(', '),
    });
  }

  /** Why a chain isn't the expected one: it needn't be read then. */
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
