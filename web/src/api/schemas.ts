/** The schemas of the API, from its OpenAPI document: `npm run openapi:types` writes this file. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    readonly FieldErrorDto: {
      /** @description Path of the field; in malformed JSON a JSON Pointer; empty for the whole body */
      readonly field: string;
      /** @description What was expected of it */
      readonly message: string;
    };
    readonly ProblemDto: {
      /** @description Always about:blank: `code` tells problems apart */
      readonly type: string;
      /** @description The status in words */
      readonly title: string;
      readonly status: number;
      /** @description What is wrong, for people */
      readonly detail: string;
      /** @description The path that was asked for */
      readonly instance: string;
      /** @description What is wrong, for programs */
      readonly code: string;
      /** @description The fields that are wrong */
      readonly errors?: readonly components['schemas']['FieldErrorDto'][];
      /** @description How many more fields are wrong than the hundred that `errors` names at most */
      readonly errors_omitted?: number;
    };
    readonly NewTransactionDto: {
      /** @description A name, or under the policy `signed` an address. */
      readonly sender: string;
      /** @description Makes the request safe to repeat: unique for its sender, forever. The producer makes one where none is sent; under the policy `signed` it is part of the signed text, and required. */
      readonly nonce?: string;
      /** @description Under the policy `signed`, and only there: the sender’s Ed25519 key, 64 hex digits. */
      readonly public_key?: string;
      /** @description Under the policy `signed`, and only there: the sender’s signature over `"bpsc/transaction/v1\n" ‖ JCS(the holder’s part of the leaf and the chain id)`, 128 hex digits. */
      readonly signature?: string;
      /** @description Who receives: another than the sender. */
      readonly recipient: string;
      /** @description A decimal string, or a number of at most 15 significant digits. At most 30 digits before the point and as many after it as the token has decimals. Of a transfer: what is sent, fee included. */
      readonly amount: string | number;
      /** @description A text that goes with it, up to 256 bytes of UTF-8. */
      readonly memo?: string;
      /** @description The BPSC keeps the tokens until the recipient accepts or declines; after this time (milliseconds since 1970, at most 366 days from now) all of them go back to the sender. */
      readonly hold_until?: number;
    };
    readonly TransactionDto: {
      /** @description SHA-256 of the leaf (RFC 6962) */
      readonly id: string;
      /** @enum {string} */
      readonly type: 'transfer' | 'issue' | 'accept' | 'decline' | 'return';
      /** @description Who made it; of a return, the fee wallet */
      readonly sender: string;
      /** @description Of a transfer and an issue */
      readonly recipient?: string;
      /** @description What left the sender, or was issued, in decimal */
      readonly amount_send?: string;
      /** @description Of a transfer: what arrives at the recipient */
      readonly amount_receive?: string;
      /** @description Of a transfer: the fee */
      readonly amount_bpsc?: string;
      /** @description Of a transfer: the wallet of the fees */
      readonly bpsc?: string;
      /** @description The client’s idempotency key */
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      readonly memo?: string;
      /** @description The BPSC keeps it until the recipient accepts, at most until then (milliseconds since 1970) */
      readonly hold_until?: number;
      /** @description Of what ends a hold: the id of the transfer */
      readonly transfer?: string;
      /**
       * @description Of a return
       * @enum {string}
       */
      readonly reason?: 'expired';
      /** @description Under the policy `signed`: the sender’s Ed25519 key */
      readonly public_key?: string;
      /** @description Under the policy `signed`: the sender’s signature (protocol, section 7) */
      readonly signature?: string;
    };
    readonly AcceptedTransactionDto: {
      readonly message: string;
      /** @description The index of the block that will hold it. */
      readonly index: number;
      readonly transaction: components['schemas']['TransactionDto'];
    };
    readonly NewIssueDto: {
      /** @description A name, or under the policy `signed` an address. */
      readonly sender: string;
      /** @description Makes the request safe to repeat: unique for its sender, forever. The producer makes one where none is sent; under the policy `signed` it is part of the signed text, and required. */
      readonly nonce?: string;
      /** @description Under the policy `signed`, and only there: the sender’s Ed25519 key, 64 hex digits. */
      readonly public_key?: string;
      /** @description Under the policy `signed`, and only there: the sender’s signature over `"bpsc/transaction/v1\n" ‖ JCS(the holder’s part of the leaf and the chain id)`, 128 hex digits. */
      readonly signature?: string;
      /** @description Who receives: another than the sender. */
      readonly recipient: string;
      /** @description A decimal string, or a number of at most 15 significant digits. At most 30 digits before the point and as many after it as the token has decimals. Of a transfer: what is sent, fee included. */
      readonly amount: string | number;
    };
    readonly AnswerDto: {
      /** @description A name, or under the policy `signed` an address. */
      readonly sender: string;
      /** @description Makes the request safe to repeat: unique for its sender, forever. The producer makes one where none is sent; under the policy `signed` it is part of the signed text, and required. */
      readonly nonce?: string;
      /** @description Under the policy `signed`, and only there: the sender’s Ed25519 key, 64 hex digits. */
      readonly public_key?: string;
      /** @description Under the policy `signed`, and only there: the sender’s signature over `"bpsc/transaction/v1\n" ‖ JCS(the holder’s part of the leaf and the chain id)`, 128 hex digits. */
      readonly signature?: string;
    };
    readonly NewTransactionsDto: {
      /** @description Each is accepted or refused on its own; those accepted are on disk in one commit. More than 100 of which none is well-formed are refused as a whole. */
      readonly transactions: readonly components['schemas']['NewTransactionDto'][];
    };
    readonly AcceptedResultDto: {
      /** @description The index of the block that will hold it. */
      readonly index: number;
      readonly transaction: components['schemas']['TransactionDto'];
      /**
       * @description Only where it was accepted before, under the same nonce.
       * @enum {boolean}
       */
      readonly repeated?: true;
    };
    readonly RefusedFieldDto: {
      readonly field: string;
      readonly message: string;
    };
    readonly RefusalDto: {
      readonly code: string;
      readonly detail: string;
      /** @description The fields that are wrong; left out once the refusals of a batch have named 300 */
      readonly errors?: readonly components['schemas']['RefusedFieldDto'][];
    };
    readonly RefusedResultDto: {
      readonly error: components['schemas']['RefusalDto'];
    };
    readonly AcceptedTransactionsDto: {
      readonly message: string;
      readonly accepted: number;
      /** @description One for each transaction, in order. */
      readonly results: readonly (
        components['schemas']['AcceptedResultDto'] | components['schemas']['RefusedResultDto']
      )[];
    };
    readonly PendingTransactionDto: {
      /** @description SHA-256 of the leaf (RFC 6962) */
      readonly id: string;
      /** @enum {string} */
      readonly type: 'transfer' | 'issue' | 'accept' | 'decline' | 'return';
      /** @description Who made it; of a return, the fee wallet */
      readonly sender: string;
      /** @description Of a transfer and an issue */
      readonly recipient?: string;
      /** @description What left the sender, or was issued, in decimal */
      readonly amount_send?: string;
      /** @description Of a transfer: what arrives at the recipient */
      readonly amount_receive?: string;
      /** @description Of a transfer: the fee */
      readonly amount_bpsc?: string;
      /** @description Of a transfer: the wallet of the fees */
      readonly bpsc?: string;
      /** @description The client’s idempotency key */
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      readonly memo?: string;
      /** @description The BPSC keeps it until the recipient accepts, at most until then (milliseconds since 1970) */
      readonly hold_until?: number;
      /** @description Of what ends a hold: the id of the transfer */
      readonly transfer?: string;
      /**
       * @description Of a return
       * @enum {string}
       */
      readonly reason?: 'expired';
      /** @description Under the policy `signed`: the sender’s Ed25519 key */
      readonly public_key?: string;
      /** @description Under the policy `signed`: the sender’s signature (protocol, section 7) */
      readonly signature?: string;
      /** @description The index of the block that will hold it. */
      readonly block: number;
    };
    readonly PendingTransactionsDto: {
      readonly transactions: readonly components['schemas']['PendingTransactionDto'][];
      /** @description How many wait in all. */
      readonly total: number;
      /** @description For the next page; null on the last. */
      readonly next_cursor: string | null;
    };
    readonly NewInformationDto: {
      /** @description Any JSON value but a missing one: up to 64 KiB as canonical JSON, nested at most 32 deep. Its numbers are 64-bit doubles: one that would change, such as an integer beyond 2^53, is refused; send it as a string. */
      readonly information:
        | {
            readonly [key: string]: unknown;
          }
        | readonly unknown[]
        | string
        | number
        | boolean
        | null;
      /** @description Makes the request safe to repeat: unique on its chain, forever. The producer makes one where none is sent. */
      readonly nonce?: string;
    };
    readonly AcceptedInformationDto: {
      readonly message: string;
      /** @description The index of the block that will hold it. */
      readonly index: number;
      /** @description SHA-256(0x00 ‖ leaf bytes): the record’s name on the chain. */
      readonly id: string;
    };
    readonly NewTransactionBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description From 1, the genesis block */
      readonly index: number;
      /** @description Hash of the block before; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Entries of the chain up to this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
      readonly transactions: readonly components['schemas']['TransactionDto'][];
      readonly message: string;
    };
    readonly InformationDto: {
      /** @description SHA-256 of the leaf (RFC 6962) */
      readonly id: string;
      /** @enum {string} */
      readonly type: 'information';
      /** @description SHA-256 of salt and information */
      readonly information_hash: string;
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Any JSON value; absent once it was erased */
      readonly information?:
        | {
            readonly [key: string]: unknown;
          }
        | readonly unknown[]
        | string
        | number
        | boolean
        | null;
      /** @description 16 random bytes */
      readonly salt?: string;
      /** @description Present and true once the information was erased */
      readonly erased?: boolean;
    };
    readonly NewInformationBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description From 1, the genesis block */
      readonly index: number;
      /** @description Hash of the block before; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Entries of the chain up to this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
      readonly information: readonly components['schemas']['InformationDto'][];
      readonly message: string;
    };
    readonly NewFeeDto: {
      readonly rate?: string;
      readonly wallet?: string;
      /** @enum {string} */
      readonly disposition?: 'collect' | 'burn';
    };
    readonly NewAllocationDto: {
      readonly address: string;
      readonly amount: string;
    };
    readonly NewWalletsDto: {
      /** @enum {string} */
      readonly policy?: 'open' | 'signed';
      readonly allocations?: readonly components['schemas']['NewAllocationDto'][];
      /** @description Who may issue tokens; absent: nobody */
      readonly issuer?: string;
    };
    readonly NewScheduleDto: {
      readonly interval_ms?: number | null;
      readonly max_entries?: number | null;
      readonly seal_empty?: boolean;
    };
    readonly NewChainDto: {
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      /** @description a-z first, then a-z, 0-9 and -, at most 32 characters */
      readonly name: string;
      /** @description Of a token chain, as all that follows but the schedule */
      readonly symbol?: string;
      readonly decimals?: number;
      readonly fee?: components['schemas']['NewFeeDto'];
      readonly wallets?: components['schemas']['NewWalletsDto'];
      readonly schedule?: components['schemas']['NewScheduleDto'];
    };
    readonly ScheduleDto: {
      readonly interval_ms: number | null;
      readonly max_entries: number | null;
      readonly seal_empty: boolean;
    };
    readonly TokenDto: {
      readonly symbol: string;
      readonly decimals: number;
    };
    readonly FeeDto: {
      readonly rate: string;
      readonly wallet: string;
      /** @enum {string} */
      readonly disposition: 'collect' | 'burn';
    };
    readonly AllocationDto: {
      readonly address: string;
      /** @description In decimal */
      readonly amount: string;
    };
    readonly WalletPolicyDto: {
      /** @enum {string} */
      readonly policy: 'open' | 'signed';
      /** @description What wallets have from the beginning */
      readonly allocations: readonly components['schemas']['AllocationDto'][];
      /** @description The wallet that may issue tokens; absent: nobody */
      readonly issuer?: string;
    };
    readonly TokenContractDto: {
      readonly version: number;
      /** @description Name of the chain */
      readonly name: string;
      /** @description The producer’s Ed25519 public key */
      readonly producer: string;
      readonly created_at: number;
      readonly schedule: components['schemas']['ScheduleDto'];
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      readonly kind: 'token';
      readonly token: components['schemas']['TokenDto'];
      readonly fee: components['schemas']['FeeDto'];
      readonly wallets: components['schemas']['WalletPolicyDto'];
    };
    readonly InformationContractDto: {
      readonly version: number;
      /** @description Name of the chain */
      readonly name: string;
      /** @description The producer’s Ed25519 public key */
      readonly producer: string;
      readonly created_at: number;
      readonly schedule: components['schemas']['ScheduleDto'];
      /**
       * @description discriminator enum property added by openapi-typescript
       * @enum {string}
       */
      readonly kind: 'information';
    };
    readonly HeaderDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description From 1, the genesis block */
      readonly index: number;
      /** @description Hash of the block before; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Entries of the chain up to this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
    };
    readonly ChainDto: {
      readonly name: string;
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      /** @description SHA-256 of the canonical contract */
      readonly id: string;
      /** @description The chain’s permanent definition: its fee, its schedule, its producer */
      readonly contract:
        components['schemas']['TokenContractDto'] | components['schemas']['InformationContractDto'];
      /** @description Sealed blocks: the index of the head */
      readonly length: number;
      readonly head: components['schemas']['HeaderDto'];
      /** @description The key that verifies the chain’s checkpoints and receipts, as C2SP signed-note writes it: its name is `bpsc/` and the chain’s id */
      readonly verifier_key: string;
      /** @description The checkpoint of the head’s tree (C2SP tlog-checkpoint), which the producer signed; null where this node doesn’t have it yet */
      readonly checkpoint: string | null;
    };
    readonly TransactionBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description From 1, the genesis block */
      readonly index: number;
      /** @description Hash of the block before; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Entries of the chain up to this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
      readonly transactions: readonly components['schemas']['TransactionDto'][];
    };
    readonly SmartChainDto: {
      readonly message: string;
      readonly 'smart chain': readonly components['schemas']['TransactionBlockDto'][];
      /** @description Blocks of the whole chain */
      readonly length: number;
    };
    readonly InformationBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description From 1, the genesis block */
      readonly index: number;
      /** @description Hash of the block before; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Entries of the chain up to this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
      readonly information: readonly components['schemas']['InformationDto'][];
    };
    readonly BlockPageDto: {
      /** @description Name of the chain */
      readonly chain: string;
      readonly blocks: readonly (
        components['schemas']['TransactionBlockDto'] | components['schemas']['InformationBlockDto']
      )[];
      /** @description Blocks of the whole chain */
      readonly length: number;
      /** @description `from` of the next page; null on the last */
      readonly next_from: number | null;
    };
    readonly ChainsDto: {
      /** @enum {string} */
      readonly role: 'producer' | 'follower';
      /** @description The node that this one follows, of several the first; null on the producer */
      readonly upstream: string | null;
      /** @description All nodes that this one follows */
      readonly upstreams: readonly string[];
      /** @description What else it says of itself: of a follower, how far it is behind */
      readonly details: {
        readonly [key: string]: string | number | boolean | null;
      };
      readonly chains: readonly components['schemas']['ChainDto'][];
    };
    readonly HeaderPageDto: {
      /** @description Name of the chain */
      readonly chain: string;
      /** @description In order; none beyond the head */
      readonly headers: readonly components['schemas']['HeaderDto'][];
      /** @description Blocks of the whole chain */
      readonly length: number;
      /** @description `from` of the next page; null on the last */
      readonly next_from: number | null;
    };
    readonly FrontierDto: {
      /** @description Id of the chain */
      readonly chain: string;
      /** @description Index of the block */
      readonly index: number;
      /** @description Entries in the tree at that block */
      readonly tree_size: number;
      /** @description Root of the tree at that block */
      readonly tree_root: string;
      /** @description Roots of the perfect subtrees, largest first: one for each bit set in tree_size */
      readonly frontier: readonly string[];
    };
    readonly PaperChainDto: {
      readonly chain: readonly components['schemas']['TransactionBlockDto'][];
      /** @description Blocks of the whole chain */
      readonly length: number;
    };
    readonly PaperInformationBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description From 1, the genesis block */
      readonly index: number;
      /** @description Hash of the block before; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Entries of the chain up to this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
      readonly information: readonly components['schemas']['InformationDto'][];
      /** @description The index once more */
      readonly index2: number;
    };
    readonly PaperChain2Dto: {
      readonly chain2: readonly components['schemas']['PaperInformationBlockDto'][];
      /** @description Blocks of the whole chain */
      readonly length: number;
    };
    readonly HoldEndDto: {
      readonly id: string;
      /** @enum {string} */
      readonly type: 'accept' | 'decline' | 'return';
      /** @description Place in the chain, from 0 */
      readonly sequence: number;
      /** @description The block that holds it or, while it is pending, the one that was promised */
      readonly block: number;
      /** @enum {string} */
      readonly status: 'pending' | 'sealed';
    };
    readonly HoldTermsDto: {
      readonly sender: string;
      readonly recipient: string;
      /** @description What was held, and goes back where it is not accepted */
      readonly amount_send: string;
      /** @description What arrives at the recipient once it accepts */
      readonly amount_receive: string;
      /** @description The fee, once the recipient accepts */
      readonly amount_bpsc: string;
      /** @description Milliseconds since 1970 */
      readonly hold_until: number;
    };
    readonly PlacedTransactionDto: {
      /** @description SHA-256 of the leaf (RFC 6962) */
      readonly id: string;
      /** @enum {string} */
      readonly type: 'transfer' | 'issue' | 'accept' | 'decline' | 'return';
      /** @description Who made it; of a return, the fee wallet */
      readonly sender: string;
      /** @description Of a transfer and an issue */
      readonly recipient?: string;
      /** @description What left the sender, or was issued, in decimal */
      readonly amount_send?: string;
      /** @description Of a transfer: what arrives at the recipient */
      readonly amount_receive?: string;
      /** @description Of a transfer: the fee */
      readonly amount_bpsc?: string;
      /** @description Of a transfer: the wallet of the fees */
      readonly bpsc?: string;
      /** @description The client’s idempotency key */
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      readonly memo?: string;
      /** @description The BPSC keeps it until the recipient accepts, at most until then (milliseconds since 1970) */
      readonly hold_until?: number;
      /** @description Of what ends a hold: the id of the transfer */
      readonly transfer?: string;
      /**
       * @description Of a return
       * @enum {string}
       */
      readonly reason?: 'expired';
      /** @description Under the policy `signed`: the sender’s Ed25519 key */
      readonly public_key?: string;
      /** @description Under the policy `signed`: the sender’s signature (protocol, section 7) */
      readonly signature?: string;
      /** @description Place in the chain, from 0 */
      readonly sequence: number;
      /** @description The block that holds it or, while it is pending, the one that was promised */
      readonly block: number;
      /** @enum {string} */
      readonly status: 'pending' | 'sealed';
      /**
       * @description What the sealed blocks say has become of a transfer or an issue; absent for what ends a hold
       * @enum {string}
       */
      readonly state?: 'pending' | 'held' | 'delivered' | 'declined' | 'returned';
      /** @description The entry that ended the hold; null where there is none. A pending one has not changed `state` yet */
      readonly ended_by?: components['schemas']['HoldEndDto'] | null;
      /** @description Of what ends a hold: the hold */
      readonly hold?: components['schemas']['HoldTermsDto'];
      /** @description In the list of one `address`: by how much it changes what is `available` in that wallet, in decimal. All of them, what the contract allocates to the wallet, and its `fees_collected` add up to what is available; with what is `held`, that is the `balance` */
      readonly available_change?: string;
    };
    readonly TransactionListDto: {
      /** @description `cursor` of the next page; null on the last */
      readonly next_cursor: string | null;
      /** @description Newest first */
      readonly transactions: readonly components['schemas']['PlacedTransactionDto'][];
    };
    readonly PlacedInformationDto: {
      /** @description SHA-256 of the leaf (RFC 6962) */
      readonly id: string;
      /** @enum {string} */
      readonly type: 'information';
      /** @description SHA-256 of salt and information */
      readonly information_hash: string;
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Any JSON value; absent once it was erased */
      readonly information?:
        | {
            readonly [key: string]: unknown;
          }
        | readonly unknown[]
        | string
        | number
        | boolean
        | null;
      /** @description 16 random bytes */
      readonly salt?: string;
      /** @description Present and true once the information was erased */
      readonly erased?: boolean;
      /** @description Place in the chain, from 0 */
      readonly sequence: number;
      /** @description The block that holds it or, while it is pending, the one that was promised */
      readonly block: number;
      /** @enum {string} */
      readonly status: 'pending' | 'sealed';
    };
    readonly WalletDto: {
      readonly address: string;
      /** @description What it may send. Negative where more was sent than arrived: only under the policy `open`, where tokens come from outside */
      readonly available: string;
      /** @description In transfers of its own that wait for their recipient’s answer */
      readonly held: string;
      /** @description available + held */
      readonly balance: string;
      /** @description Allocated to it by the contract, or issued to it */
      readonly issued: string;
      /** @description All that left it for good, fees included */
      readonly sent: string;
      /** @description All that arrived, after fees */
      readonly received: string;
      /** @description The part of `sent` that was fees */
      readonly fees_paid: string;
      /** @description Fees credited to it, as the fee wallet */
      readonly fees_collected: string;
      readonly transactions_sent: number;
      readonly transactions_received: number;
    };
    readonly InformationListDto: {
      /** @description `cursor` of the next page; null on the last */
      readonly next_cursor: string | null;
      /** @description Newest first */
      readonly information: readonly components['schemas']['PlacedInformationDto'][];
    };
    readonly FeeWalletDto: {
      readonly address: string;
      /** @description All fees that it was ever credited */
      readonly fees_collected: string;
      /** @description What it may send */
      readonly available: string;
    };
    readonly SupplyDto: {
      readonly symbol: string;
      /**
       * @description Under `open` tokens come from outside: wallets may be below zero, and all of them together too
       * @enum {string}
       */
      readonly policy: 'open' | 'signed';
      /** @description By the contract, from the beginning */
      readonly allocated: string;
      /** @description By the issuer, later */
      readonly issued: string;
      /** @description Fees that left the supply (`FEE_DISPOSITION=burn`) */
      readonly burnt: string;
      /** @description In transfers that wait for their recipient’s answer */
      readonly held: string;
      /** @description Available in all wallets together: circulating + held = allocated + issued − burnt, exactly */
      readonly circulating: string;
      readonly fee_wallet: components['schemas']['FeeWalletDto'];
    };
    readonly ChainWalletDto: {
      readonly address: string;
      /** @description What it may send. Negative where more was sent than arrived: only under the policy `open`, where tokens come from outside */
      readonly available: string;
      /** @description In transfers of its own that wait for their recipient’s answer */
      readonly held: string;
      /** @description available + held */
      readonly balance: string;
      /** @description Allocated to it by the contract, or issued to it */
      readonly issued: string;
      /** @description All that left it for good, fees included */
      readonly sent: string;
      /** @description All that arrived, after fees */
      readonly received: string;
      /** @description The part of `sent` that was fees */
      readonly fees_paid: string;
      /** @description Fees credited to it, as the fee wallet */
      readonly fees_collected: string;
      readonly transactions_sent: number;
      readonly transactions_received: number;
      /** @description Name of the chain */
      readonly chain: string;
      /** @description Id of the chain */
      readonly id: string;
      /** @description Symbol of its token */
      readonly symbol: string;
    };
    readonly AddressDto: {
      readonly address: string;
      /** @description Of the chains on which it was ever named */
      readonly wallets: readonly components['schemas']['ChainWalletDto'][];
    };
    readonly BlockEventDto: {
      /** @description Name of the chain */
      readonly chain: string;
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      readonly block: components['schemas']['HeaderDto'];
      /** @description Entries in the block */
      readonly entries: number;
    };
    readonly EntryEventDto: {
      /** @description Name of the chain */
      readonly chain: string;
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      /** @description As GET /transactions/{id} and GET /information/{id} answer it */
      readonly entry:
        components['schemas']['PlacedTransactionDto'] | components['schemas']['PlacedInformationDto'];
      /** @description Entries that were left out since the last one was sent */
      readonly omitted?: number;
    };
    readonly FaultEventDto: {
      /** @enum {string} */
      readonly fault:
        | 'MALFORMED'
        | 'TOO_LARGE'
        | 'UNSUPPORTED'
        | 'VERSION_MISMATCH'
        | 'CHAIN_MISMATCH'
        | 'CHAIN_MISSING'
        | 'CHAIN_ID_MISMATCH'
        | 'PRODUCER_MISMATCH'
        | 'INDEX_MISMATCH'
        | 'PREVIOUS_HASH_MISMATCH'
        | 'TIMESTAMP_BACKWARDS'
        | 'TIMESTAMP_MISMATCH'
        | 'TREE_SIZE_MISMATCH'
        | 'TOO_MANY_ENTRIES'
        | 'ENTRY_MALFORMED'
        | 'ENTRY_TIMESTAMP_BACKWARDS'
        | 'ENTRY_ID_MISMATCH'
        | 'FEE_MISMATCH'
        | 'NONCE_REUSED'
        | 'ADDRESS_MISMATCH'
        | 'OVERDRAWN'
        | 'NOT_ISSUER'
        | 'NOT_RECIPIENT'
        | 'NOT_PRODUCER'
        | 'HOLD_TIME'
        | 'HOLD_UNKNOWN'
        | 'HOLD_ENDED'
        | 'HOLD_EXPIRED'
        | 'HOLD_NOT_EXPIRED'
        | 'HOLD_OVERDUE'
        | 'INFORMATION_HASH_MISMATCH'
        | 'TREE_ROOT_MISMATCH'
        | 'HASH_MISMATCH'
        | 'BAD_SIGNATURE'
        | 'FORKED'
        | 'TRUNCATED'
        | 'WALLET_MISMATCH'
        | 'HOLD_MISMATCH'
        | 'SUPPLY_MISMATCH'
        | 'STORED_MISMATCH';
      readonly message: string;
      /** @description Index of the block */
      readonly index?: number;
      /** @description Sequence of the entry */
      readonly sequence?: number;
      readonly field?: string;
      readonly expected?: string;
      readonly found?: string;
      readonly upstream: string;
      /** @description Name of the chain; empty where it is about none */
      readonly chain: string;
      /** @description Milliseconds since 1970 */
      readonly detected_at: number;
      /** @description SHA-256 of all that the upstream sent */
      readonly digest: string;
    };
    readonly GapEventDto: {
      /** @description Name of the chain */
      readonly chain: string;
      /** @description Index of the first block that is not sent */
      readonly from: number;
      /** @description Index of the last block that is not sent */
      readonly to: number;
    };
    readonly NextBlockDto: {
      /** @description Entries that it will have, as things stand */
      readonly entries: number;
      /** @description Milliseconds until it is sealed by time; null: not by time, or nothing waits */
      readonly by_time_ms: number | null;
      /** @description Entries that are missing until it is sealed by count; null: not by count */
      readonly by_count: number | null;
    };
    readonly ChainStatusDto: {
      /** @description Name of the chain */
      readonly name: string;
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      readonly head: components['schemas']['HeaderDto'];
      /** @description Entries that wait for a block; null where this node does not seal the chain */
      readonly waiting: number | null;
      /** @description null where this node does not seal the chain */
      readonly next_block: components['schemas']['NextBlockDto'] | null;
    };
    readonly StatusEventDto: {
      /** @enum {string} */
      readonly role: 'producer' | 'follower';
      /** @description Whether it is fit to be asked, as GET /health/ready says */
      readonly ready: boolean;
      /** @description Why it is not; empty when it is */
      readonly troubles: readonly string[];
      /** @description What else it says of itself: of a follower, how far it is behind */
      readonly details: {
        readonly [key: string]: string | number | boolean | null;
      };
      readonly chains: readonly components['schemas']['ChainStatusDto'][];
    };
    readonly NodesRequestDto: {
      /** @description URLs (http or https), or host:port */
      readonly nodes: readonly string[];
    };
    readonly RegisteredNodesDto: {
      readonly message: string;
      /** @description All nodes that this one knows, oldest first */
      readonly total_nodes: readonly string[];
    };
    readonly RemovedNodesDto: {
      readonly message: string;
      /** @description Those of the request that this node knew */
      readonly removed: readonly string[];
      /** @description All nodes that this one still knows, oldest first */
      readonly total_nodes: readonly string[];
    };
    readonly NodeDto: {
      readonly url: string;
      /** @description Milliseconds since 1970 */
      readonly registered_at: number;
    };
    readonly NodesDto: {
      /** @description Oldest first */
      readonly nodes: readonly components['schemas']['NodeDto'][];
    };
    readonly FaultDto: {
      /** @enum {string} */
      readonly fault:
        | 'MALFORMED'
        | 'TOO_LARGE'
        | 'UNSUPPORTED'
        | 'VERSION_MISMATCH'
        | 'CHAIN_MISMATCH'
        | 'CHAIN_MISSING'
        | 'CHAIN_ID_MISMATCH'
        | 'PRODUCER_MISMATCH'
        | 'INDEX_MISMATCH'
        | 'PREVIOUS_HASH_MISMATCH'
        | 'TIMESTAMP_BACKWARDS'
        | 'TIMESTAMP_MISMATCH'
        | 'TREE_SIZE_MISMATCH'
        | 'TOO_MANY_ENTRIES'
        | 'ENTRY_MALFORMED'
        | 'ENTRY_TIMESTAMP_BACKWARDS'
        | 'ENTRY_ID_MISMATCH'
        | 'FEE_MISMATCH'
        | 'NONCE_REUSED'
        | 'ADDRESS_MISMATCH'
        | 'OVERDRAWN'
        | 'NOT_ISSUER'
        | 'NOT_RECIPIENT'
        | 'NOT_PRODUCER'
        | 'HOLD_TIME'
        | 'HOLD_UNKNOWN'
        | 'HOLD_ENDED'
        | 'HOLD_EXPIRED'
        | 'HOLD_NOT_EXPIRED'
        | 'HOLD_OVERDUE'
        | 'INFORMATION_HASH_MISMATCH'
        | 'TREE_ROOT_MISMATCH'
        | 'HASH_MISMATCH'
        | 'BAD_SIGNATURE'
        | 'FORKED'
        | 'TRUNCATED'
        | 'WALLET_MISMATCH'
        | 'HOLD_MISMATCH'
        | 'SUPPLY_MISMATCH'
        | 'STORED_MISMATCH';
      readonly message: string;
      /** @description Index of the block */
      readonly index?: number;
      /** @description Sequence of the entry */
      readonly sequence?: number;
      readonly field?: string;
      readonly expected?: string;
      readonly found?: string;
      readonly upstream: string;
      /** @description Name of the chain; empty where it is about none */
      readonly chain: string;
      /** @description Milliseconds since 1970 */
      readonly detected_at: number;
      /** @description SHA-256 of all that the upstream sent */
      readonly digest: string;
      /** @description Milliseconds since 1970 */
      readonly last_seen_at: number;
      /** @description How often it was met */
      readonly times: number;
      /** @description What convicts: what the upstream sent, as it came. Of a block of more than 1,048,576 characters, its header, the entries that it takes to judge it and the ids of all others, with the parent’s header and tree. Of two signed headers of one index (`FORKED`), both. Anything else is cut at that length */
      readonly evidence: string;
    };
    readonly FaultsDto: {
      /** @description Newest first: a hundred at most, with 8 MiB of evidence, but one at least */
      readonly faults: readonly components['schemas']['FaultDto'][];
      /** @description `cursor` of the next page; not there on the last */
      readonly next_cursor?: string;
    };
    readonly NetworkChainDto: {
      readonly name: string;
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      /** @description Index of its head */
      readonly index: number;
      /** @description Hash of its head */
      readonly hash: string;
      /** @description Time of its head */
      readonly timestamp: number;
      /** @description Blocks that this node has and that one hasn’t; negative where that one is ahead */
      readonly behind: number;
      /**
       * @description `disagrees`: two different blocks of one index. `at_fault`: this node no longer follows the chain, since it caught its upstream at a fault (see GET /faults), whatever agrees now. `other_chain`: another contract. `unknown`: it could not be compared
       * @enum {string}
       */
      readonly agreement: 'agrees' | 'disagrees' | 'at_fault' | 'other_chain' | 'unknown';
      /** @description Index of the block that was compared: the last that both have */
      readonly compared_at: number | null;
      /** @description Hash of that block there */
      readonly their_hash: string | null;
      /** @description Hash of that block here */
      readonly our_hash: string | null;
      /** @description Whether its head is signed by the producer. Two signed blocks of one index prove that the producer told two stories */
      readonly signed: boolean;
    };
    readonly NetworkNodeDto: {
      readonly url: string;
      /** @enum {string} */
      readonly source: 'upstream' | 'registered';
      /**
       * @description `not_asked`: more are registered than one node asks
       * @enum {string}
       */
      readonly state: 'answered' | 'unreachable' | 'not_a_node' | 'not_asked';
      /** @description Of an upstream that doesn’t answer as a node does: since when, in milliseconds since 1970 */
      readonly unreachable_since?: number;
      /** @enum {string|null} */
      readonly role: 'producer' | 'follower' | null;
      /** @description How long it took to answer */
      readonly answered_in_ms: number | null;
      readonly chains: readonly components['schemas']['NetworkChainDto'][];
    };
    readonly NetworkDto: {
      /** @description When the nodes were asked */
      readonly asked_at: number;
      /** @description The upstream first, then as registered */
      readonly nodes: readonly components['schemas']['NetworkNodeDto'][];
    };
    readonly SearchResultDto: {
      /** @enum {string} */
      readonly type: 'block' | 'transaction' | 'information' | 'chain' | 'wallet';
      /** @description Name of the chain */
      readonly chain: string;
      /** @description Of a block: its index */
      readonly index?: number;
      /** @description Of a block: its hash */
      readonly hash?: string;
      /** @description Of an entry: its id */
      readonly id?: string;
      /** @description Of a wallet */
      readonly address?: string;
    };
    readonly SearchDto: {
      /** @description What was looked for */
      readonly query: string;
      /** @description All that has exactly this name; often none or one */
      readonly results: readonly components['schemas']['SearchResultDto'][];
    };
    readonly InclusionProofDto: {
      /** @description The chain’s id */
      readonly chain: string;
      /** @description The entry’s id, which is its leaf hash */
      readonly id: string;
      /** @description Its place in the chain, from 0 */
      readonly sequence: number;
      readonly size: number;
      /** @description The root of the tree of that size */
      readonly root: string;
      /** @description In the order of RFC 6962, as hex digits */
      readonly proof: readonly string[];
    };
    readonly ConsistencyProofDto: {
      /** @description The chain’s id */
      readonly chain: string;
      readonly from: number;
      /** @description The root of the older tree */
      readonly from_root: string;
      readonly to: number;
      /** @description The root of the newer tree */
      readonly to_root: string;
      /** @description In the order of RFC 6962, as hex digits */
      readonly proof: readonly string[];
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type FieldErrorDto = components['schemas']['FieldErrorDto'];
export type ProblemDto = components['schemas']['ProblemDto'];
export type NewTransactionDto = components['schemas']['NewTransactionDto'];
export type TransactionDto = components['schemas']['TransactionDto'];
export type AcceptedTransactionDto = components['schemas']['AcceptedTransactionDto'];
export type NewIssueDto = components['schemas']['NewIssueDto'];
export type AnswerDto = components['schemas']['AnswerDto'];
export type NewTransactionsDto = components['schemas']['NewTransactionsDto'];
export type AcceptedResultDto = components['schemas']['AcceptedResultDto'];
export type RefusedFieldDto = components['schemas']['RefusedFieldDto'];
export type RefusalDto = components['schemas']['RefusalDto'];
export type RefusedResultDto = components['schemas']['RefusedResultDto'];
export type AcceptedTransactionsDto = components['schemas']['AcceptedTransactionsDto'];
export type PendingTransactionDto = components['schemas']['PendingTransactionDto'];
export type PendingTransactionsDto = components['schemas']['PendingTransactionsDto'];
export type NewInformationDto = components['schemas']['NewInformationDto'];
export type AcceptedInformationDto = components['schemas']['AcceptedInformationDto'];
export type NewTransactionBlockDto = components['schemas']['NewTransactionBlockDto'];
export type InformationDto = components['schemas']['InformationDto'];
export type NewInformationBlockDto = components['schemas']['NewInformationBlockDto'];
export type NewFeeDto = components['schemas']['NewFeeDto'];
export type NewAllocationDto = components['schemas']['NewAllocationDto'];
export type NewWalletsDto = components['schemas']['NewWalletsDto'];
export type NewScheduleDto = components['schemas']['NewScheduleDto'];
export type NewChainDto = components['schemas']['NewChainDto'];
export type ScheduleDto = components['schemas']['ScheduleDto'];
export type TokenDto = components['schemas']['TokenDto'];
export type FeeDto = components['schemas']['FeeDto'];
export type AllocationDto = components['schemas']['AllocationDto'];
export type WalletPolicyDto = components['schemas']['WalletPolicyDto'];
export type TokenContractDto = components['schemas']['TokenContractDto'];
export type InformationContractDto = components['schemas']['InformationContractDto'];
export type HeaderDto = components['schemas']['HeaderDto'];
export type ChainDto = components['schemas']['ChainDto'];
export type TransactionBlockDto = components['schemas']['TransactionBlockDto'];
export type SmartChainDto = components['schemas']['SmartChainDto'];
export type InformationBlockDto = components['schemas']['InformationBlockDto'];
export type BlockPageDto = components['schemas']['BlockPageDto'];
export type ChainsDto = components['schemas']['ChainsDto'];
export type HeaderPageDto = components['schemas']['HeaderPageDto'];
export type FrontierDto = components['schemas']['FrontierDto'];
export type PaperChainDto = components['schemas']['PaperChainDto'];
export type PaperInformationBlockDto = components['schemas']['PaperInformationBlockDto'];
export type PaperChain2Dto = components['schemas']['PaperChain2Dto'];
export type HoldEndDto = components['schemas']['HoldEndDto'];
export type HoldTermsDto = components['schemas']['HoldTermsDto'];
export type PlacedTransactionDto = components['schemas']['PlacedTransactionDto'];
export type TransactionListDto = components['schemas']['TransactionListDto'];
export type PlacedInformationDto = components['schemas']['PlacedInformationDto'];
export type WalletDto = components['schemas']['WalletDto'];
export type InformationListDto = components['schemas']['InformationListDto'];
export type FeeWalletDto = components['schemas']['FeeWalletDto'];
export type SupplyDto = components['schemas']['SupplyDto'];
export type ChainWalletDto = components['schemas']['ChainWalletDto'];
export type AddressDto = components['schemas']['AddressDto'];
export type BlockEventDto = components['schemas']['BlockEventDto'];
export type EntryEventDto = components['schemas']['EntryEventDto'];
export type FaultEventDto = components['schemas']['FaultEventDto'];
export type GapEventDto = components['schemas']['GapEventDto'];
export type NextBlockDto = components['schemas']['NextBlockDto'];
export type ChainStatusDto = components['schemas']['ChainStatusDto'];
export type StatusEventDto = components['schemas']['StatusEventDto'];
export type NodesRequestDto = components['schemas']['NodesRequestDto'];
export type RegisteredNodesDto = components['schemas']['RegisteredNodesDto'];
export type RemovedNodesDto = components['schemas']['RemovedNodesDto'];
export type NodeDto = components['schemas']['NodeDto'];
export type NodesDto = components['schemas']['NodesDto'];
export type FaultDto = components['schemas']['FaultDto'];
export type FaultsDto = components['schemas']['FaultsDto'];
export type NetworkChainDto = components['schemas']['NetworkChainDto'];
export type NetworkNodeDto = components['schemas']['NetworkNodeDto'];
export type NetworkDto = components['schemas']['NetworkDto'];
export type SearchResultDto = components['schemas']['SearchResultDto'];
export type SearchDto = components['schemas']['SearchDto'];
export type InclusionProofDto = components['schemas']['InclusionProofDto'];
export type ConsistencyProofDto = components['schemas']['ConsistencyProofDto'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
