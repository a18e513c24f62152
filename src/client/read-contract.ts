/** Reads a contract that was stored as JSON, for proofs without a node. */
import { parseContract, type Contract } from '../chain/contract/contract.js';
import { orThrow } from './node-chains.js';

/**
 * @param value `contract` of GET /chains, parsed from JSON
 * @throws FaultError
 */
export function readContract(value: unknown): Contract {
  return orThrow(parseContract(value));
}
