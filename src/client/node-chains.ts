/** Reads what a node says of its chains. A contract is believed where it hashes to the chain's id; a head where the producer signed it. */
import type { SealedHeader } from '../chain/block.js';
import type { Hash } from '../chain/bytes.js';
import { chainId, parseContract, type ChainKind, type Contract } from '../chain/contract.js';
import { fault, isFault, type Fault } from '../chain/faults.js';
import type { Fields } from '../chain/fields.js';
import { parseHeader, verifySeal } from '../chain/verify-block.js';
import { FaultError } from './errors.js';
import type { AnswerFields } from './reading.js';

/** A chain as a node shows it. */
export interface NodeChain<C extends Contract = Contract> {
  /** the hash of the contract */
  readonly id: Hash;
  readonly contract: C;
  /** the last sealed block's header, signed by the producer that the contract names */
  readonly head: SealedHeader;
}

export interface NodeChains {
  readonly role: 'producer' | 'follower';
  /** the node that this one follows; undefined on the producer */
  readonly upstream: string | undefined;
  /** undefined while a follower knows none */
  readonly token: NodeChain<Contract & { kind: 'token' }> | undefined;
  readonly information: NodeChain<Contract & { kind: 'information' }> | undefined;
}

/** What the caller knows of the chains from elsewhere. */
export interface Pins {
  /** the token chain's id */
  readonly chainId: Hash | undefined;
  readonly producer: string | undefined;
}

/** @throws FaultError, UnexpectedAnswerError */
export function readChains(answer: AnswerFields, pins: Pins): NodeChains {
  const chains = answer.objects('chains').map(readChain);
  const ofKind = <K extends ChainKind>(kind: K): NodeChain<Contract & { kind: K }> | undefined =>
    chains.find((chain): chain is NodeChain<Contract & { kind: K }> => chain.contract.kind === kind);
  const token = ofKind('token');
  if (pins.chainId !== undefined && token === undefined && chains.length > 0) {
    const detail = { field: 'chain id', expected: pins.chainId, found: 'no token chain' };
    throw new FaultError(fault('CHAIN_MISSING', detail));
  }
  for (const { id, contract } of chains) {
    // A pin on the token chain holds for the other one too: both have one producer.
    checkPins(id, contract, { ...pins, producer: pins.producer ?? token?.contract.producer });
  }
  return {
    role: answer.oneOf('role', ['producer', 'follower']),
    upstream: answer.optionalText('upstream'),
    token,
    information: ofKind('information'),
  };
}

function readChain(answer: AnswerFields): NodeChain {
  const contract = orThrow(parseContract(answer.fields.contract));
  const id = chainId(contract);
  const found = answer.text('id');
  if (found !== id) throw new FaultError(fault('CHAIN_ID_MISMATCH', { field: 'id', expected: id, found }));
  return { id, contract, head: readHead(answer.object('head').fields, id, contract) };
}

/** @throws FaultError */
export function checkPins(id: Hash, contract: Contract, pins: Pins): void {
  if (contract.kind === 'token' && pins.chainId !== undefined && pins.chainId !== id) {
    const detail = { field: 'chain id', expected: pins.chainId, found: id };
    throw new FaultError(fault('CHAIN_MISMATCH', detail));
  }
  if (pins.producer !== undefined && pins.producer !== contract.producer) {
    const detail = { field: 'producer', expected: pins.producer, found: contract.producer };
    throw new FaultError(fault('PRODUCER_MISMATCH', detail));
  }
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
