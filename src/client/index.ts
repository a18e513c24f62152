/** The exports of `import … from 'bpsc'`: the client, for Node and for browsers. */
export { BpscClient } from './client.js';
export type { NewChain } from './client.js';
export { ChainClient } from './chain-client.js';
export type { CallOptions, EraseOrder, PendingTransaction } from './chain-client.js';
export type { ClientOptions } from './node-contact.js';
export {
  BpscError,
  FaultError,
  InvalidRequestError,
  OutcomeUnknownError,
  RefusedError,
  UnavailableError,
  UnexpectedAnswerError,
} from './errors.js';
export type { FieldError } from './errors.js';
export { KeySigner } from './signer.js';
export type { Signer } from './signer.js';
export { verifyEntry } from './verify-entry.js';
export { verifyReceipt } from '../chain/proof/receipt.js';
export type { ProvenEntry, ReceiptProblem, ReceiptTrust } from '../chain/proof/receipt.js';
export { parsePolicy } from '../chain/note/policy.js';
export { parseVerifierKey } from '../chain/note/verifier-key.js';
export type { EntryProof, VerifiedEntry } from './verify-entry.js';
export { readContract } from './read-contract.js';
export type { Accepted, AcceptedTransaction } from './accepted.js';
export type { EntryRecord, ErasureRecord, InformationRecord } from './entry-record.js';
export type { ErasedBy, PlacedInformation } from './placed-information.js';
export type { FollowedBlock, FollowOptions } from './follow.js';
export type { FaultyChain, NodeChain, NodeChains, UnsupportedChain } from './node-chains.js';
export type { AnswerOrder, From, IssueOrder, SendOrder } from './orders.js';
export type { PreparedRequest } from './prepared-request.js';
export type { SubmitOptions } from './submitting.js';
export type { Fetch } from './transport.js';
export type {
  EndedBy,
  EndedHold,
  EntryLevel,
  EntryStatus,
  HoldEndRecord,
  IssueRecord,
  Place,
  PlacedTransaction,
  TransactionRecord,
  TransferRecord,
  TransferState,
} from './transaction-record.js';
export type { Found, SearchResults } from './search-results.js';
export type { ChainWalletRecord, SupplyRecord, WalletRecord } from './wallet-records.js';
export type { SealedHeader } from '../chain/block/block.js';
export type { Contract, InformationContract, TokenContract } from '../chain/contract/contract.js';
export type { ChainKind } from '../chain/contract/kinds.js';
export type { Fault, FaultCode } from '../chain/faults.js';
export { addressOf, isAddress } from './address.js';
