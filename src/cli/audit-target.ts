/** What can be audited: a node, or a database. */
import type { Contract } from '../chain/contract.js';
import type { Hash, PublicKey } from '../chain/bytes.js';
import { fault, type Fault } from '../chain/faults.js';
import type { AuditBlock, ChainAudit, NonceUses } from '../ledger/audit.js';

/** A chain whose contract could be read, and hashes to its id. */
export interface TargetChain {
  readonly id: Hash;
  readonly contract: Contract;
  /** what the target says that there is; only a measure for the progress */
  readonly size: { readonly blocks: number; readonly entries: number };
  /** The entries' nonces, where the target itself keeps them in order; else the audit remembers them. */
  readonly nonces?: NonceUses;
  /** Every block from genesis. After a fault there is no other. */
  blocks(): Iterable<AuditBlock | Fault> | AsyncIterable<AuditBlock | Fault>;
  /** Compares what the target has besides the blocks, once they all were verified; in steps. */
  finish(audit: ChainAudit): Generator<void, ChainEnd | Fault, void>;
}

/** What was compared besides the blocks; undefined where the target doesn't show it. */
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

export interface AuditTarget {
  readonly role: string;
  readonly chains: readonly (TargetChain | BrokenChain)[];
  /** Compares what belongs to no one chain, once all of them were found to be right; in steps. */
  finish(): Generator<void, Fault | undefined, void>;
  close(): void;
}

/** What the user knows from elsewhere. */
export interface Pins {
  /** the token chain's id */
  readonly chainId: Hash | undefined;
  readonly producer: PublicKey | undefined;
}

export function checkPins({ id, contract }: TargetChain, pins: Pins): Fault | undefined {
  if (contract.kind === 'token' && pins.chainId !== undefined && id !== pins.chainId) {
    return fault('CHAIN_MISMATCH', { field: 'chain id', expected: pins.chainId, found: id });
  }
  if (pins.producer !== undefined && contract.producer !== pins.producer) {
    return fault('PRODUCER_MISMATCH', {
      field: 'contract.producer',
      expected: pins.producer,
      found: contract.producer,
    });
  }
  return undefined;
}
