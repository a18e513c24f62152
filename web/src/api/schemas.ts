/** The schemas of the API, from its OpenAPI document: `npm run openapi:types` writes this file. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    readonly FieldErrorDto: {
      /** @description Path of the field; in malformed JSON a JSON Pointer; empty for the whole body */
      readonly field: string;
      /** @description What was expected */
      readonly message: string;
    };
    readonly ProblemDto: {
      /** @description Always about:blank; `code` identifies the problem */
      readonly type: string;
      /** @description The reason phrase of the status */
      readonly title: string;
      readonly status: number;
      /** @description What is wrong, for humans */
      readonly detail: string;
      /** @description The path of the request */
      readonly instance: string;
      /** @description What is wrong, for programs */
      readonly code: string;
      /** @description The fields that are wrong */
      readonly errors?: readonly components['schemas']['FieldErrorDto'][];
      /** @description How many more fields are wrong beyond those in `errors`, which lists a hundred at most */
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
      /** @description Data that goes with it: a JSON object, up to 4096 bytes as canonical JSON. It is part of the transaction, so it is signed with it, and can never be erased. */
      readonly metadata?: {
        readonly [key: string]: unknown;
      };
      /** @description The BPSC keeps the tokens until the recipient accepts or declines; after this time (milliseconds since 1970, at most 366 days from now) all of them go back to the sender. */
      readonly hold_until?: number;
    };
    readonly TransactionDto: {
      /** @description SHA-256 of the leaf (RFC 6962) */
      readonly id: string;
      /** @enum {string} */
      readonly type: 'transfer' | 'issue' | 'accept' | 'decline' | 'return';
      /** @description The wallet that made the entry; the fee wallet for a return */
      readonly sender: string;
      /** @description Present on a transfer and an issue */
      readonly recipient?: string;
      /** @description The amount that left the sender or was issued, as a decimal string */
      readonly amount_send?: string;
      /** @description For a transfer: the amount that the recipient receives */
      readonly amount_receive?: string;
      /** @description For a transfer: the fee */
      readonly amount_bpsc?: string;
      /** @description For a transfer: the fee wallet */
      readonly bpsc?: string;
      /** @description The client’s idempotency key */
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      readonly memo?: string;
      /** @description Data that goes with a transfer */
      readonly metadata?: {
        readonly [key: string]: unknown;
      };
      /** @description The BPSC holds the tokens until the recipient answers, or until this time at the latest (milliseconds since 1970) */
      readonly hold_until?: number;
      /** @description For an entry that ends a hold: the id of the transfer */
      readonly transfer?: string;
      /**
       * @description Present on a return
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
      /** @description The wallet that made the entry; the fee wallet for a return */
      readonly sender: string;
      /** @description Present on a transfer and an issue */
      readonly recipient?: string;
      /** @description The amount that left the sender or was issued, as a decimal string */
      readonly amount_send?: string;
      /** @description For a transfer: the amount that the recipient receives */
      readonly amount_receive?: string;
      /** @description For a transfer: the fee */
      readonly amount_bpsc?: string;
      /** @description For a transfer: the fee wallet */
      readonly bpsc?: string;
      /** @description The client’s idempotency key */
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      readonly memo?: string;
      /** @description Data that goes with a transfer */
      readonly metadata?: {
        readonly [key: string]: unknown;
      };
      /** @description The BPSC holds the tokens until the recipient answers, or until this time at the latest (milliseconds since 1970) */
      readonly hold_until?: number;
      /** @description For an entry that ends a hold: the id of the transfer */
      readonly transfer?: string;
      /**
       * @description Present on a return
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
    readonly NewErasureDto: {
      /** @description Why: up to 256 bytes of UTF-8. It is public, and stays on the chain forever. */
      readonly reason?: string;
      /** @description Makes the request safe to repeat: unique on its chain, forever. The producer makes one where none is sent. */
      readonly nonce?: string;
    };
    readonly ErasureDto: {
      /** @description SHA-256 of the leaf (RFC 6962) */
      readonly id: string;
      /** @enum {string} */
      readonly type: 'erasure';
      /** @description The id of the record whose information and salt it erases */
      readonly erases: string;
      /** @description Why */
      readonly reason?: string;
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
    };
    readonly AcceptedErasureDto: {
      readonly message: string;
      /** @description The index of the block that will hold the erasure: once it is sealed, the content is gone. */
      readonly index: number;
      /** @description The erasure’s own id. */
      readonly id: string;
      /** @description The erasure, as it is on the chain. */
      readonly erasure: components['schemas']['ErasureDto'];
    };
    readonly NewTransactionBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description Starts at 1, the genesis block */
      readonly index: number;
      /** @description Hash of the previous block; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Number of entries in the chain up to and including this block */
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
      /** @description Any JSON value; absent once it has been erased */
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
      /** @description Present and true once the information has been erased */
      readonly erased?: boolean;
    };
    readonly NewInformationBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description Starts at 1, the genesis block */
      readonly index: number;
      /** @description Hash of the previous block; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Number of entries in the chain up to and including this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
      readonly information: readonly (
        components['schemas']['InformationDto'] | components['schemas']['ErasureDto']
      )[];
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
      /** @description Decimal string */
      readonly amount: string;
    };
    readonly WalletPolicyDto: {
      /** @enum {string} */
      readonly policy: 'open' | 'signed';
      /** @description Initial balances of wallets */
      readonly allocations: readonly components['schemas']['AllocationDto'][];
      /** @description The wallet that may issue tokens; absent if nobody may */
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
      /** @description Starts at 1, the genesis block */
      readonly index: number;
      /** @description Hash of the previous block; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Number of entries in the chain up to and including this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
    };
    readonly FrozenDto: {
      /** @description When this node met the evidence, in milliseconds since 1970 */
      readonly since: number;
      /** @description What the producer signed */
      readonly finding: string;
      /** @description Where this node met the second story: a URL, or a route of this node */
      readonly source: string;
      /** @description The path of the file that convicts the producer */
      readonly evidence: string;
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
      /** @description Number of sealed blocks, which is the index of the head */
      readonly length: number;
      readonly head: components['schemas']['HeaderDto'];
      /** @description The key that verifies the chain’s checkpoints and receipts, in C2SP signed-note format: its name is `bpsc/` followed by the chain’s id */
      readonly verifier_key: string;
      /** @description The checkpoint of the head’s tree (C2SP tlog-checkpoint), signed by the producer; null if this node doesn’t have it yet */
      readonly checkpoint: string | null;
      /** @description The newest checkpoint with cosignatures of witnesses that this node knows, if it is older than the head’s; null otherwise. Followers take them from here and from `checkpoint` */
      readonly cosigned_checkpoint: string | null;
      /** @description The size of the newest tree whose checkpoint the quorum of this node’s policy cosigned: entries with a smaller sequence are witnessed. null if none is */
      readonly witnessed_size: number | null;
      /** @description Set if the producer told two stories: this node takes no more blocks of the chain, for good, and goes on serving those that it verified. null otherwise */
      readonly frozen: components['schemas']['FrozenDto'] | null;
    };
    readonly TransactionBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description Starts at 1, the genesis block */
      readonly index: number;
      /** @description Hash of the previous block; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Number of entries in the chain up to and including this block */
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
      /** @description Number of blocks in the whole chain */
      readonly length: number;
    };
    readonly InformationBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description Starts at 1, the genesis block */
      readonly index: number;
      /** @description Hash of the previous block; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Number of entries in the chain up to and including this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
      readonly information: readonly (
        components['schemas']['InformationDto'] | components['schemas']['ErasureDto']
      )[];
    };
    readonly BlockPageDto: {
      /** @description Name of the chain */
      readonly chain: string;
      readonly blocks: readonly (
        components['schemas']['TransactionBlockDto'] | components['schemas']['InformationBlockDto']
      )[];
      /** @description Number of blocks in the whole chain */
      readonly length: number;
      /** @description `from` for the next page; null on the last page */
      readonly next_from: number | null;
    };
    readonly WitnessDto: {
      /** @description The name of its key */
      readonly name: string;
      /** @description Its key in C2SP signed-note format, for the line `witness` of a policy */
      readonly verifier_key: string;
    };
    readonly ChainsDto: {
      /** @enum {string} */
      readonly role: 'producer' | 'follower';
      /** @description The node that this one follows (the first, if there are several); null on the producer */
      readonly upstream: string | null;
      /** @description All nodes that this one follows */
      readonly upstreams: readonly string[];
      /** @description Additional details about the node; on a follower, how far behind it is */
      readonly details: {
        readonly [key: string]: string | number | boolean | null;
      };
      /** @description This node as a witness; null if it is none */
      readonly witness: components['schemas']['WitnessDto'] | null;
      readonly chains: readonly components['schemas']['ChainDto'][];
    };
    readonly HeaderPageDto: {
      /** @description Name of the chain */
      readonly chain: string;
      /** @description In ascending order, up to the head at most */
      readonly headers: readonly components['schemas']['HeaderDto'][];
      /** @description Number of blocks in the whole chain */
      readonly length: number;
      /** @description `from` for the next page; null on the last page */
      readonly next_from: number | null;
    };
    readonly FrontierDto: {
      /** @description Id of the chain */
      readonly chain: string;
      /** @description Index of the block */
      readonly index: number;
      /** @description Number of entries in the tree at that block */
      readonly tree_size: number;
      /** @description Root of the tree at that block */
      readonly tree_root: string;
      /** @description Roots of the perfect subtrees, largest first: one for each set bit of tree_size */
      readonly frontier: readonly string[];
    };
    readonly PaperChainDto: {
      readonly chain: readonly components['schemas']['TransactionBlockDto'][];
      /** @description Number of blocks in the whole chain */
      readonly length: number;
    };
    readonly PaperInformationBlockDto: {
      /** @description Id of the chain: the hash of its contract */
      readonly chain: string;
      /** @description Starts at 1, the genesis block */
      readonly index: number;
      /** @description Hash of the previous block; zeros in the genesis block */
      readonly previous_hash: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Root of the RFC 6962 tree over all entries so far */
      readonly tree_root: string;
      /** @description Number of entries in the chain up to and including this block */
      readonly tree_size: number;
      /** @description Version of the protocol */
      readonly version: number;
      /** @description SHA-256 of the canonical header */
      readonly hash: string;
      /** @description The producer’s Ed25519 signature */
      readonly signature: string;
      readonly information: readonly (
        components['schemas']['InformationDto'] | components['schemas']['ErasureDto']
      )[];
      /** @description The index again */
      readonly index2: number;
    };
    readonly PaperChain2Dto: {
      readonly chain2: readonly components['schemas']['PaperInformationBlockDto'][];
      /** @description Number of blocks in the whole chain */
      readonly length: number;
    };
    readonly ErasedByDto: {
      /** @description The erasure’s id */
      readonly id: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      readonly reason?: string;
      /** @description The block that contains it or, while it is pending, the block that was promised */
      readonly block: number;
      /** @enum {string} */
      readonly status: 'pending' | 'sealed';
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
      /** @description Any JSON value; absent once it has been erased */
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
      /** @description Present and true once the information has been erased */
      readonly erased?: boolean;
      /** @description Position in the chain, from 0 */
      readonly sequence: number;
      /** @description The block that contains it or, while it is pending, the block that was promised */
      readonly block: number;
      /** @enum {string} */
      readonly status: 'pending' | 'sealed';
      /**
       * @description How far this node’s promise goes: `accepted` (durable), `sealed` (in a signed block; there is a receipt), `witnessed` (the quorum of this node’s policy cosigned a checkpoint that covers it)
       * @enum {string}
       */
      readonly level: 'accepted' | 'sealed' | 'witnessed';
      /** @description The erasure of this record, if there is one. While it is pending, the content is still there */
      readonly erasure?: components['schemas']['ErasedByDto'];
    };
    readonly PlacedErasureDto: {
      /** @description SHA-256 of the leaf (RFC 6962) */
      readonly id: string;
      /** @enum {string} */
      readonly type: 'erasure';
      /** @description The id of the record whose information and salt it erases */
      readonly erases: string;
      /** @description Why */
      readonly reason?: string;
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      /** @description Position in the chain, from 0 */
      readonly sequence: number;
      /** @description The block that contains it or, while it is pending, the block that was promised */
      readonly block: number;
      /** @enum {string} */
      readonly status: 'pending' | 'sealed';
      /**
       * @description How far this node’s promise goes: `accepted` (durable), `sealed` (in a signed block; there is a receipt), `witnessed` (the quorum of this node’s policy cosigned a checkpoint that covers it)
       * @enum {string}
       */
      readonly level: 'accepted' | 'sealed' | 'witnessed';
    };
    readonly HoldEndDto: {
      readonly id: string;
      /** @enum {string} */
      readonly type: 'accept' | 'decline' | 'return';
      /** @description Position in the chain, from 0 */
      readonly sequence: number;
      /** @description The block that contains it or, while it is pending, the block that was promised */
      readonly block: number;
      /** @enum {string} */
      readonly status: 'pending' | 'sealed';
    };
    readonly HoldTermsDto: {
      readonly sender: string;
      readonly recipient: string;
      /** @description The amount held, which goes back to the sender if it is not accepted */
      readonly amount_send: string;
      /** @description The amount that the recipient receives on accepting */
      readonly amount_receive: string;
      /** @description The fee, charged when the recipient accepts */
      readonly amount_bpsc: string;
      /** @description Milliseconds since 1970 */
      readonly hold_until: number;
    };
    readonly PlacedTransactionDto: {
      /** @description SHA-256 of the leaf (RFC 6962) */
      readonly id: string;
      /** @enum {string} */
      readonly type: 'transfer' | 'issue' | 'accept' | 'decline' | 'return';
      /** @description The wallet that made the entry; the fee wallet for a return */
      readonly sender: string;
      /** @description Present on a transfer and an issue */
      readonly recipient?: string;
      /** @description The amount that left the sender or was issued, as a decimal string */
      readonly amount_send?: string;
      /** @description For a transfer: the amount that the recipient receives */
      readonly amount_receive?: string;
      /** @description For a transfer: the fee */
      readonly amount_bpsc?: string;
      /** @description For a transfer: the fee wallet */
      readonly bpsc?: string;
      /** @description The client’s idempotency key */
      readonly nonce: string;
      /** @description Milliseconds since 1970 */
      readonly timestamp: number;
      readonly memo?: string;
      /** @description Data that goes with a transfer */
      readonly metadata?: {
        readonly [key: string]: unknown;
      };
      /** @description The BPSC holds the tokens until the recipient answers, or until this time at the latest (milliseconds since 1970) */
      readonly hold_until?: number;
      /** @description For an entry that ends a hold: the id of the transfer */
      readonly transfer?: string;
      /**
       * @description Present on a return
       * @enum {string}
       */
      readonly reason?: 'expired';
      /** @description Under the policy `signed`: the sender’s Ed25519 key */
      readonly public_key?: string;
      /** @description Under the policy `signed`: the sender’s signature (protocol, section 7) */
      readonly signature?: string;
      /** @description Position in the chain, from 0 */
      readonly sequence: number;
      /** @description The block that contains it or, while it is pending, the block that was promised */
      readonly block: number;
      /** @enum {string} */
      readonly status: 'pending' | 'sealed';
      /**
       * @description How far this node’s promise goes: `accepted` (durable), `sealed` (in a signed block; there is a receipt), `witnessed` (the quorum of this node’s policy cosigned a checkpoint that covers it)
       * @enum {string}
       */
      readonly level: 'accepted' | 'sealed' | 'witnessed';
      /**
       * @description The state of a transfer or an issue according to the sealed blocks; absent on an entry that ends a hold
       * @enum {string}
       */
      readonly state?: 'pending' | 'held' | 'delivered' | 'declined' | 'returned';
      /** @description The entry that ended the hold; null if there is none. While it is pending, it has not changed `state` yet */
      readonly ended_by?: components['schemas']['HoldEndDto'] | null;
      /** @description For an entry that ends a hold: the hold */
      readonly hold?: components['schemas']['HoldTermsDto'];
      /** @description In the list for one `address`: the change in the `available` amount of that wallet, as a decimal string. All these changes, the wallet’s allocation in the contract and its `fees_collected` add up to the available amount; together with `held`, that is the `balance` */
      readonly available_change?: string;
    };
    readonly TransactionListDto: {
      /** @description `cursor` for the next page; null on the last page */
      readonly next_cursor: string | null;
      /** @description Newest first */
      readonly transactions: readonly components['schemas']['PlacedTransactionDto'][];
    };
    readonly WalletDto: {
      readonly address: string;
      /** @description The amount that it may send. Negative if more was sent than received: only possible under the policy `open`, where tokens come from outside */
      readonly available: string;
      /** @description In its own transfers that are waiting for the recipient’s answer */
      readonly held: string;
      /** @description available + held */
      readonly balance: string;
      /** @description The amount allocated to it by the contract or issued to it */
      readonly issued: string;
      /** @description Everything that left it for good, including fees */
      readonly sent: string;
      /** @description Everything received, after fees */
      readonly received: string;
      /** @description The part of `sent` that was paid as fees */
      readonly fees_paid: string;
      /** @description Fees credited to it if it is the fee wallet */
      readonly fees_collected: string;
      readonly transactions_sent: number;
      readonly transactions_received: number;
    };
    readonly InformationListDto: {
      /** @description `cursor` for the next page; null on the last page */
      readonly next_cursor: string | null;
      /** @description Records, and erasures of records; newest first */
      readonly information: readonly (
        components['schemas']['PlacedInformationDto'] | components['schemas']['PlacedErasureDto']
      )[];
    };
    readonly FeeWalletDto: {
      readonly address: string;
      /** @description All fees ever credited to it */
      readonly fees_collected: string;
      /** @description The amount that it may send */
      readonly available: string;
    };
    readonly SupplyDto: {
      readonly symbol: string;
      /**
       * @description Under `open`, tokens come from outside: the balance of a wallet, and the total of all wallets, may be negative
       * @enum {string}
       */
      readonly policy: 'open' | 'signed';
      /** @description Allocated by the contract at genesis */
      readonly allocated: string;
      /** @description Issued later by the issuer */
      readonly issued: string;
      /** @description Fees that left the supply (`FEE_DISPOSITION=burn`) */
      readonly burnt: string;
      /** @description In transfers that are waiting for the recipient’s answer */
      readonly held: string;
      /** @description Total available in all wallets: circulating + held = allocated + issued − burnt, exactly */
      readonly circulating: string;
      readonly fee_wallet: components['schemas']['FeeWalletDto'];
    };
    readonly ChainWalletDto: {
      readonly address: string;
      /** @description The amount that it may send. Negative if more was sent than received: only possible under the policy `open`, where tokens come from outside */
      readonly available: string;
      /** @description In its own transfers that are waiting for the recipient’s answer */
      readonly held: string;
      /** @description available + held */
      readonly balance: string;
      /** @description The amount allocated to it by the contract or issued to it */
      readonly issued: string;
      /** @description Everything that left it for good, including fees */
      readonly sent: string;
      /** @description Everything received, after fees */
      readonly received: string;
      /** @description The part of `sent` that was paid as fees */
      readonly fees_paid: string;
      /** @description Fees credited to it if it is the fee wallet */
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
      /** @description One for each chain on which the address has ever appeared */
      readonly wallets: readonly components['schemas']['ChainWalletDto'][];
    };
    readonly BlockEventDto: {
      /** @description Name of the chain */
      readonly chain: string;
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      readonly block: components['schemas']['HeaderDto'];
      /** @description Number of entries in the block */
      readonly entries: number;
    };
    readonly EntryEventDto: {
      /** @description Name of the chain */
      readonly chain: string;
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      /** @description As returned by GET /transactions/{id} and GET /information/{id} */
      readonly entry:
        | components['schemas']['PlacedTransactionDto']
        | components['schemas']['PlacedInformationDto']
        | components['schemas']['PlacedErasureDto'];
      /** @description Number of entries left out since the last one was sent */
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
        | 'ERASURE_UNKNOWN'
        | 'ERASURE_REPEATED'
        | 'ERASURE_OF_ERASURE'
        | 'CONTENT_WITHHELD'
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
      /** @description Its URL; `POST /add-checkpoint` if it was found in a request to this node as a witness. Of two stories: where the second one was met */
      readonly upstream: string;
      /** @description Name of the chain; empty if the fault does not concern a chain */
      readonly chain: string;
      /** @description Milliseconds since 1970 */
      readonly detected_at: number;
      /** @description SHA-256 of everything that the upstream sent */
      readonly digest: string;
      /** @description true if this froze the chain: its producer told two stories, and `upstream` is only where the second one was met. Absent otherwise */
      readonly frozen?: boolean;
    };
    readonly GapEventDto: {
      /** @description Name of the chain */
      readonly chain: string;
      /** @description Index of the first block that was not sent */
      readonly from: number;
      /** @description Index of the last block that was not sent */
      readonly to: number;
    };
    readonly NextBlockDto: {
      /** @description Number of entries that it would have if no more arrived */
      readonly entries: number;
      /** @description Milliseconds until it is sealed by time; null if it is not sealed by time or no entry is waiting */
      readonly by_time_ms: number | null;
      /** @description Number of entries still needed to seal it by count; null if it is not sealed by count */
      readonly by_count: number | null;
    };
    readonly ChainStatusDto: {
      /** @description Name of the chain */
      readonly name: string;
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      readonly head: components['schemas']['HeaderDto'];
      /** @description Whether the producer told two stories, so that this node takes no more blocks of the chain */
      readonly frozen: boolean;
      /** @description Number of entries waiting for a block; null if this node does not seal the chain */
      readonly waiting: number | null;
      /** @description null if this node does not seal the chain */
      readonly next_block: components['schemas']['NextBlockDto'] | null;
    };
    readonly StatusEventDto: {
      /** @enum {string} */
      readonly role: 'producer' | 'follower';
      /** @description Whether the node is ready, as reported by GET /health/ready */
      readonly ready: boolean;
      /** @description Why it is not ready; empty if it is */
      readonly troubles: readonly string[];
      /** @description Additional details about the node; on a follower, how far behind it is */
      readonly details: {
        readonly [key: string]: string | number | boolean | null;
      };
      readonly chains: readonly components['schemas']['ChainStatusDto'][];
    };
    readonly WitnessedEventDto: {
      /** @description Name of the chain */
      readonly chain: string;
      /** @enum {string} */
      readonly kind: 'token' | 'information';
      /** @description Index of the last block that is witnessed */
      readonly block: number;
      /** @description Size of the tree whose checkpoint is witnessed: entries with a smaller sequence are */
      readonly size: number;
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
      /** @description The nodes in the request that this node knew */
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
        | 'ERASURE_UNKNOWN'
        | 'ERASURE_REPEATED'
        | 'ERASURE_OF_ERASURE'
        | 'CONTENT_WITHHELD'
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
      /** @description Its URL; `POST /add-checkpoint` if it was found in a request to this node as a witness. Of two stories: where the second one was met */
      readonly upstream: string;
      /** @description Name of the chain; empty if the fault does not concern a chain */
      readonly chain: string;
      /** @description Milliseconds since 1970 */
      readonly detected_at: number;
      /** @description SHA-256 of everything that the upstream sent */
      readonly digest: string;
      /** @description true if this froze the chain: its producer told two stories, and `upstream` is only where the second one was met. Absent otherwise */
      readonly frozen?: boolean;
      /** @description Milliseconds since 1970 */
      readonly last_seen_at: number;
      /** @description How many times it was detected */
      readonly times: number;
      /** @description The proof of the fault: what the upstream sent, verbatim. For a block of more than 1,048,576 characters: its header, the entries needed to verify the fault and the ids of all others, with the parent’s header and tree. For two signed headers with the same index (`FORKED`): the file that convicts the producer (protocol, section 12). Anything else is truncated to that length */
      readonly evidence: string;
    };
    readonly FaultsDto: {
      /** @description Newest first: at most a hundred faults and 8 MiB of evidence, but at least one fault */
      readonly faults: readonly components['schemas']['FaultDto'][];
      /** @description `cursor` for the next page; absent on the last page */
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
      /** @description Timestamp of its head */
      readonly timestamp: number;
      /** @description Number of blocks that this node has and that node hasn’t; negative if that node is ahead */
      readonly behind: number;
      /**
       * @description `disagrees`: two different blocks with the same index. `at_fault`: this node no longer follows the chain because it detected a fault of its upstream (see GET /faults), even if the blocks agree now. `other_chain`: a different contract. `unknown`: could not be compared
       * @enum {string}
       */
      readonly agreement: 'agrees' | 'disagrees' | 'at_fault' | 'other_chain' | 'unknown';
      /** @description Index of the block that was compared: the last one that both nodes have */
      readonly compared_at: number | null;
      /** @description Hash of that block on the other node */
      readonly their_hash: string | null;
      /** @description Hash of that block on this node */
      readonly our_hash: string | null;
      /** @description Whether its head is signed by the producer. Two different signed blocks with the same index prove that the producer equivocated */
      readonly signed: boolean;
    };
    readonly NetworkNodeDto: {
      readonly url: string;
      /** @enum {string} */
      readonly source: 'upstream' | 'registered';
      /**
       * @description `not_asked`: more nodes are registered than this one queries
       * @enum {string}
       */
      readonly state: 'answered' | 'unreachable' | 'not_a_node' | 'not_asked';
      /** @description For an upstream that doesn’t answer like a node: since when, in milliseconds since 1970 */
      readonly unreachable_since?: number;
      /** @enum {string|null} */
      readonly role: 'producer' | 'follower' | null;
      /** @description How long it took to answer */
      readonly answered_in_ms: number | null;
      readonly chains: readonly components['schemas']['NetworkChainDto'][];
    };
    readonly NetworkDto: {
      /** @description When the nodes were queried */
      readonly asked_at: number;
      /** @description The upstreams first, then the others in order of registration */
      readonly nodes: readonly components['schemas']['NetworkNodeDto'][];
    };
    readonly SearchResultDto: {
      /** @enum {string} */
      readonly type: 'block' | 'transaction' | 'information' | 'chain' | 'wallet';
      /**
       * @description `exact`: the query is its id, hash, index, name or address; `prefix`: that begins with the query
       * @enum {string}
       */
      readonly match: 'exact' | 'prefix';
      /** @description Name of the chain */
      readonly chain: string;
      /** @description For a block: its index */
      readonly index?: number;
      /** @description For a block: its hash */
      readonly hash?: string;
      /** @description For an entry: its id */
      readonly id?: string;
      /** @description For a wallet: its address */
      readonly address?: string;
    };
    readonly SearchDto: {
      /** @description The text that was searched for */
      readonly query: string;
      /** @description Exact matches come first; at most 50 */
      readonly results: readonly components['schemas']['SearchResultDto'][];
      /** @description Whether there are more results than are listed */
      readonly more: boolean;
    };
    readonly InclusionProofDto: {
      /** @description The chain’s id */
      readonly chain: string;
      /** @description The entry’s id, which is its leaf hash */
      readonly id: string;
      /** @description Its position in the chain, from 0 */
      readonly sequence: number;
      readonly size: number;
      /** @description The root of the tree at that size */
      readonly root: string;
      /** @description In RFC 6962 order, in hex */
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
      /** @description In RFC 6962 order, in hex */
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
export type NewErasureDto = components['schemas']['NewErasureDto'];
export type ErasureDto = components['schemas']['ErasureDto'];
export type AcceptedErasureDto = components['schemas']['AcceptedErasureDto'];
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
export type FrozenDto = components['schemas']['FrozenDto'];
export type ChainDto = components['schemas']['ChainDto'];
export type TransactionBlockDto = components['schemas']['TransactionBlockDto'];
export type SmartChainDto = components['schemas']['SmartChainDto'];
export type InformationBlockDto = components['schemas']['InformationBlockDto'];
export type BlockPageDto = components['schemas']['BlockPageDto'];
export type WitnessDto = components['schemas']['WitnessDto'];
export type ChainsDto = components['schemas']['ChainsDto'];
export type HeaderPageDto = components['schemas']['HeaderPageDto'];
export type FrontierDto = components['schemas']['FrontierDto'];
export type PaperChainDto = components['schemas']['PaperChainDto'];
export type PaperInformationBlockDto = components['schemas']['PaperInformationBlockDto'];
export type PaperChain2Dto = components['schemas']['PaperChain2Dto'];
export type ErasedByDto = components['schemas']['ErasedByDto'];
export type PlacedInformationDto = components['schemas']['PlacedInformationDto'];
export type PlacedErasureDto = components['schemas']['PlacedErasureDto'];
export type HoldEndDto = components['schemas']['HoldEndDto'];
export type HoldTermsDto = components['schemas']['HoldTermsDto'];
export type PlacedTransactionDto = components['schemas']['PlacedTransactionDto'];
export type TransactionListDto = components['schemas']['TransactionListDto'];
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
export type WitnessedEventDto = components['schemas']['WitnessedEventDto'];
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
