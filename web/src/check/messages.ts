/** What the page and its worker say to each other. */
import type { Fault } from '../../../src/chain/faults.js';
import type { ProvenEntry, ReceiptProblem } from '../../../src/chain/proof/receipt.js';
import type { EntryWire } from '../api/types.js';
import type { Step } from './steps.js';

export type Request =
  | { readonly type: 'check'; readonly chain: string; readonly index: number }
  | { readonly type: 'page'; readonly from: number; readonly to: number }
  | { readonly type: 'entry'; readonly chain: string; readonly entry: Readonly<Record<string, unknown>> }
  | { readonly type: 'path'; readonly chain: string; readonly index: number; readonly id: string }
  | { readonly type: 'receipt'; readonly text: string; readonly keys: readonly string[] };

export interface OpenedHeader {
  readonly chain: string;
  readonly index: number;
  readonly previousHash: string;
  readonly timestamp: number;
  readonly treeRoot: string;
  readonly treeSize: number;
  readonly hash: string;
  readonly signature: string;
}

export interface EntryCheck {
  /** the canonical bytes of the leaf, as text; undefined where the entry's forms are wrong */
  readonly leafText: string | undefined;
  readonly fault: Fault | undefined;
  /** whose holder's signature was checked, and by what */
  readonly signedBy: string | undefined;
}

export interface PathHop {
  readonly side: 'left' | 'right';
  readonly hash: string;
}

export interface PathFound {
  readonly path: readonly PathHop[];
  readonly root: string;
  readonly header: OpenedHeader;
  readonly fault: Fault | undefined;
}

export type Reply =
  | {
      readonly type: 'opened';
      readonly header: OpenedHeader;
      readonly headerText: string;
      readonly entries: number;
      readonly characters: number;
    }
  | { readonly type: 'progress'; readonly steps: readonly Step[]; readonly share: number }
  | {
      readonly type: 'verdict';
      readonly steps: readonly Step[];
      readonly fault: Fault | undefined;
      readonly ms: number;
    }
  | { readonly type: 'page'; readonly from: number; readonly entries: readonly EntryWire[] }
  | { readonly type: 'entry'; readonly check: EntryCheck }
  | { readonly type: 'path'; readonly found: PathFound }
  | { readonly type: 'receipt'; readonly result: ProvenEntry | ReceiptProblem }
  | { readonly type: 'failed'; readonly status: number; readonly code: string; readonly message: string };
