/** What a node answers, by the explorer's names: its types are those of the API's document (schemas.ts). */
import type {
  ChainDto,
  ChainsDto,
  ErasureDto,
  InformationDto,
  TokenContractDto,
  TransactionDto,
} from './schemas.js';

export type {
  AcceptedInformationDto as AcceptedInformation,
  AcceptedTransactionDto as AcceptedTransaction,
  AddressDto as Address,
  BlockEventDto as BlockEvent,
  ChainDto as Chain,
  ChainsDto as Chains,
  ChainStatusDto as ChainStatus,
  ChainWalletDto as ChainWallet,
  FaultDto as FaultItem,
  FaultEventDto as FaultEvent,
  FaultsDto as Faults,
  FieldErrorDto as FieldError,
  GapEventDto as GapEvent,
  HeaderDto as Header,
  HeaderPageDto as HeaderPage,
  HoldTermsDto as EndedHold,
  ErasureDto as ErasureWire,
  InformationDto as InformationWire,
  InformationListDto as RecordPage,
  NetworkChainDto as NetworkChain,
  NetworkDto as Network,
  NetworkNodeDto as NetworkNode,
  NewInformationBlockDto as NewInformationBlock,
  NewTransactionBlockDto as NewTransactionBlock,
  NextBlockDto as NextBlock,
  PlacedErasureDto as Erasure,
  PlacedInformationDto as Information,
  PlacedTransactionDto as Transaction,
  ProblemDto as Problem,
  ScheduleDto as Schedule,
  SearchDto as Search,
  SearchResultDto as SearchResult,
  StatusEventDto as NodeStatus,
  SupplyDto as Supply,
  TokenContractDto as TokenContract,
  TransactionDto as TransactionWire,
  TransactionListDto as TransactionPage,
  WalletDto as Wallet,
  WitnessedEventDto as WitnessedEvent,
} from './schemas.js';

export type ChainKind = ChainDto['kind'];
export type Contract = ChainDto['contract'];
export type TokenChain = ChainDto & { readonly contract: TokenContractDto };
export type Details = ChainsDto['details'];
export type EntryWire = TransactionDto | InformationDto | ErasureDto;

/** Part of what GET /health/ready answers: Terminus describes that as an object of any fields. */
export interface Readiness {
  readonly details?: { readonly node?: { readonly troubles?: readonly string[] } };
}
