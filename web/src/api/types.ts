/** What a node answers, as far as the explorer reads it (see /api for all of it). */

export type Role = 'producer' | 'follower';
export type ChainKind = 'token' | 'information';

export interface Schedule {
  readonly interval_ms: number | null;
  readonly max_entries: number | null;
  readonly seal_empty: boolean;
}

export interface Contract {
  readonly version: number;
  readonly kind: ChainKind;
  readonly name: string;
  readonly producer: string;
  readonly created_at: number;
  readonly schedule: Schedule;
  readonly token?: { readonly symbol: string; readonly decimals: number };
  readonly fee?: {
    readonly rate: string;
    readonly wallet: string;
    readonly disposition: 'collect' | 'burn';
  };
  readonly wallets?: {
    readonly policy: 'open' | 'signed';
    readonly allocations: readonly { readonly address: string; readonly amount: string }[];
    readonly issuer?: string;
  };
}

export interface Header {
  readonly chain: string;
  readonly index: number;
  readonly previous_hash: string;
  readonly timestamp: number;
  readonly tree_root: string;
  readonly tree_size: number;
  readonly version: number;
  readonly hash: string;
  readonly signature: string;
}

export interface Chain {
  readonly name: string;
  readonly kind: ChainKind;
  readonly id: string;
  readonly contract: Contract;
  readonly length: number;
  readonly head: Header;
}

export type Details = Readonly<Record<string, string | number | boolean | null>>;

export interface Chains {
  readonly role: Role;
  readonly upstream: string | null;
  readonly details: Details;
  readonly chains: readonly Chain[];
}

export interface HeaderPage {
  readonly chain: string;
  readonly headers: readonly Header[];
  readonly length: number;
  readonly next_from: number | null;
}

interface Placed {
  readonly id: string;
  readonly nonce: string;
  readonly timestamp: number;
  readonly sequence: number;
  readonly block: number;
  readonly status: 'pending' | 'sealed';
}

export type TransactionType = 'transfer' | 'issue' | 'accept' | 'decline' | 'return';

/** An entry as it stands in a block, without its place. */
export interface TransactionWire {
  readonly id: string;
  readonly type: TransactionType;
  readonly nonce: string;
  readonly sender: string;
  readonly timestamp: number;
  readonly recipient?: string;
  readonly amount_send?: string;
  readonly amount_receive?: string;
  readonly amount_bpsc?: string;
  readonly bpsc?: string;
  readonly memo?: string;
  readonly hold_until?: number;
  readonly transfer?: string;
  readonly reason?: string;
  readonly public_key?: string;
  readonly signature?: string;
}

export interface InformationWire {
  readonly id: string;
  readonly type: 'information';
  readonly nonce: string;
  readonly timestamp: number;
  readonly information_hash: string;
  readonly information?: unknown;
  readonly salt?: string;
  readonly erased?: true;
}

export type EntryWire = TransactionWire | InformationWire;

export interface Transaction extends TransactionWire, Placed {
  readonly id: string;
  readonly nonce: string;
  readonly timestamp: number;
  readonly state?: 'pending' | 'held' | 'delivered' | 'declined' | 'returned';
  readonly ended_by?: {
    readonly id: string;
    readonly type: string;
    readonly block: number;
    readonly status: 'pending' | 'sealed';
  } | null;
  /** what an accept, a decline or a return ends */
  readonly hold?: EndedHold;
  /** in a wallet's history: by how much it changes what is available there */
  readonly available_change?: string;
}

export interface EndedHold {
  readonly sender: string;
  readonly recipient: string;
  readonly amount_send: string;
  readonly amount_receive: string;
  readonly amount_bpsc: string;
  readonly hold_until: number;
}

export interface Information extends InformationWire, Placed {
  readonly id: string;
  readonly nonce: string;
  readonly timestamp: number;
}

export interface TransactionPage {
  readonly transactions: readonly Transaction[];
  readonly next_cursor: string | null;
}

export interface Wallet {
  readonly address: string;
  readonly available: string;
  readonly held: string;
  readonly balance: string;
  readonly issued: string;
  readonly sent: string;
  readonly received: string;
  readonly fees_paid: string;
  readonly fees_collected: string;
  readonly transactions_sent: number;
  readonly transactions_received: number;
}

export interface Supply {
  readonly symbol: string;
  readonly policy: 'open' | 'signed';
  readonly allocated: string;
  readonly issued: string;
  readonly burnt: string;
  readonly held: string;
  readonly circulating: string;
  readonly fee_wallet: {
    readonly address: string;
    readonly fees_collected: string;
    readonly available: string;
  };
}

export interface FaultItem {
  readonly fault: string;
  readonly message: string;
  readonly index?: number;
  readonly sequence?: number;
  readonly field?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly upstream: string;
  readonly chain: string;
  readonly detected_at: number;
  readonly last_seen_at: number;
  readonly times: number;
  readonly evidence: string;
  readonly digest: string;
}

export interface NetworkChain {
  readonly name: string;
  readonly kind: ChainKind;
  readonly index: number;
  readonly hash: string;
  readonly timestamp: number;
  readonly behind: number;
  readonly agreement: 'agrees' | 'disagrees' | 'at_fault' | 'other_chain' | 'unknown';
  readonly compared_at: number | null;
  readonly their_hash: string | null;
  readonly our_hash: string | null;
  readonly signed: boolean;
}

export interface NetworkNode {
  readonly url: string;
  readonly source: 'upstream' | 'registered';
  readonly state: 'answered' | 'unreachable' | 'not_a_node' | 'not_asked';
  readonly unreachable_since?: number;
  readonly role: Role | null;
  readonly answered_in_ms: number | null;
  readonly chains: readonly NetworkChain[];
}

export interface Network {
  readonly asked_at: number;
  readonly nodes: readonly NetworkNode[];
}

export interface SearchResult {
  readonly type: 'block' | 'transaction' | 'information' | 'chain' | 'wallet';
  readonly chain?: string;
  readonly index?: number;
  readonly hash?: string;
  readonly id?: string;
  readonly address?: string;
}

export interface Search {
  readonly query: string;
  readonly results: readonly SearchResult[];
}

/** The event `status` of GET /events. */
export interface NodeStatus {
  readonly role: Role;
  readonly ready: boolean;
  readonly troubles: readonly string[];
  readonly details: Details;
  readonly chains: readonly ChainStatus[];
}

export interface ChainStatus {
  readonly name: string;
  readonly kind: ChainKind;
  readonly head: Pick<Header, 'index' | 'hash' | 'timestamp' | 'tree_size'>;
  readonly waiting: number;
  readonly next_block: NextBlock | null;
}

export interface NextBlock {
  /** milliseconds until it is sealed by time */
  readonly by_time_ms: number | null;
  /** entries missing until it is sealed by count */
  readonly by_count: number | null;
  readonly entries: number;
}

/** The event `block`. */
export interface BlockEvent {
  readonly chain: string;
  readonly kind: ChainKind;
  readonly block: Header;
  readonly entries: number;
}

/** The event `entry`. */
export interface EntryEvent {
  readonly chain: string;
  readonly kind: ChainKind;
  readonly entry: Transaction | Information;
}

/** The event `gap`: too far behind, page instead. */
export interface GapEvent {
  readonly chain: string;
  readonly from: number;
  readonly to: number;
}
