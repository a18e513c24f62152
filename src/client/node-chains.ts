/** Reads a node's list of chains. A contract is valid if it hashes to the chain's id; a head, if the producer signed it. */
import type { SealedHeader } from '../chain/block/block.js';
import type { Hash } from '../chain/bytes/bytes.js';
import type { Contract } from '../chain/contract/contract.js';
import { fault, isFault, shown, type Fault } from '../chain/faults.js';
import type { Fields } from '../chain/bytes/fields.js';
import { isChainKind, type ChainKind } from '../chain/contract/kinds.js';
import { readShownChain, shownName, unknownPart, wrongName } from '../chain/contract/shown-chain.js';
import { parseHeader, verifySeal } from '../chain/block/verify-block.js';
import { FaultError } from './errors.js';
import type { AnswerFields } from './reading.js';

/** A chain as a node shows it. */
export interface NodeChain<C extends Contract = Contract> {
  /** the hash of the contract */
  readonly id: Hash;
  /** its name on the node: the contract's, unless that was taken */
  readonly name: string;
  readonly contract: C;
  /** the last sealed block's header, signed by the producer that the contract names */
  readonly head: SealedHeader;
  /** whether the node says that the producer told two stories: it takes no more blocks, and has evidence */
  readonly isFrozen: boolean;
}

/** A chain that the node shows wrongly: the others are not affected. */
export interface FaultyChain {
  /** "" if the node gives no valid one */
  readonly name: string;
  readonly fault: Fault;
  /** the kind that it claims, if it comes before every other chain of that kind */
  readonly isFirstOf: ChainKind | undefined;
}

/** A chain of a kind or version that this client doesn't know. */
export interface UnsupportedChain {
  readonly name: string;
  readonly reason: string;
}

export interface NodeChains {
  readonly role: 'producer' | 'follower';
  /** the node that this one follows; undefined on the producer */
  readonly upstream: string | undefined;
  /** the default pair: the first of each kind; undefined until a follower has one */
  readonly token: NodeChain<Contract & { kind: 'token' }> | undefined;
  readonly information: NodeChain<Contract & { kind: 'information' }> | undefined;
  /** in the node's order */
  readonly all: readonly NodeChain[];
  readonly faulty: readonly FaultyChain[];
  readonly unsupported: readonly UnsupportedChain[];
}

export type ChainItem = NodeChain | FaultyChain | UnsupportedChain;

/** The chains of an answer to GET /chains, in the node's order: each is valid, faulty or unsupported by itself. */
export function readItems(answer: AnswerFields): readonly ChainItem[] {
  const known = new Set<Hash>();
  const claimed = new Set<ChainKind>();
  return answer.objects('chains').map((item): ChainItem => {
    const { kind } = item.fields;
    const name = shownName(item.fields);
    const reason = unknownPart(item.fields);
    if (reason !== undefined) return { name, reason };
    const isFirstOf = isChainKind(kind) && !claimed.has(kind) ? kind : undefined;
    if (isFirstOf !== undefined) claimed.add(isFirstOf);
    try {
      const chain = readChain(item);
      if (known.has(chain.id)) throw malformed('id', 'each chain once', chain.id);
      known.add(chain.id);
      return chain;
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      return { name, fault: error.fault, isFirstOf };
    }
  });
}

/** @throws UnexpectedAnswerError if the answer as a whole is not a node's */
export function readChains(answer: AnswerFields): NodeChains {
  const items = readItems(answer);
  const all = items.filter((item): item is NodeChain => 'id' in item);
  const faulty = items.filter((item): item is FaultyChain => 'fault' in item);
  const unsupported = items.filter((item): item is UnsupportedChain => 'reason' in item);
  const ofKind = <K extends ChainKind>(kind: K): NodeChain<Contract & { kind: K }> | undefined =>
    faulty.some(({ isFirstOf }) => isFirstOf === kind)
      ? undefined
      : all.find((chain): chain is NodeChain<Contract & { kind: K }> => chain.contract.kind === kind);
  return {
    role: readRole(answer),
    upstream: answer.optionalText('upstream'),
    token: ofKind('token'),
    information: ofKind('information'),
    all,
    faulty,
    unsupported,
  };
}

/** @throws UnexpectedAnswerError */
export function readRole(answer: AnswerFields): NodeChains['role'] {
  return answer.oneOf('role', ['producer', 'follower']);
}

/** A chain whose head its producer signed. @throws FaultError */
export function readChain({ fields }: AnswerFields): NodeChain {
  const chain = orThrow(readShownChain(fields));
  const misnamed = wrongName(chain);
  if (misnamed !== undefined) throw new FaultError(misnamed);
  const unsealed = verifySeal(chain.head, chain.contract);
  if (unsealed !== undefined) throw new FaultError(unsealed);
  return chain;
}

function malformed(field: string, expected: string, found: unknown): FaultError {
  return new FaultError(fault('MALFORMED', { field, expected, found: shown(found) }));
}

/** @throws FaultError */
export function checkProducer(
  { contract }: { readonly contract: Contract },
  producer: string | undefined,
): void {
  if (producer === undefined || producer === contract.producer) return;
  const detail = { field: 'producer', expected: producer, found: contract.producer };
  throw new FaultError(fault('PRODUCER_MISMATCH', detail));
}

/** A header of this chain that its producer signed. @throws FaultError */
export function readHead(fields: Fields, id: Hash, contract: Contract): SealedHeader {
  const header = orThrow(parseHeader(fields));
  if (header.chain !== id) {
    const detail = { index: header.index, field: 'chain', expected: id, found: header.chain };
    throw new FaultError(fault('CHAIN_MISMATCH', detail));
  }
  const unsealed = verifySeal(header, contract);
  if (unsealed !== undefined) throw new FaultError(unsealed);
  return header;
}

/** @throws FaultError */
export function orThrow<T extends object>(value: T | Fault): T {
  if (isFault(value)) throw new FaultError(value);
  return value;
}
