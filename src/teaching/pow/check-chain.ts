/** Checks a chain by its rules before a node replaces its own with it. */
import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isPyArray, isPyObject, PyFloat, PyInt, type PyObject, type PyValue } from '../python-json/values.js';
import { pyStr, sortedDumps } from '../python-json/write.js';
import type { ProofRules } from './rules.js';
import { isSolved } from './search.js';

/** A block as it is stored: the text that is hashed. */
export interface KeptBlock {
  /** `json.dumps(block, sort_keys=True)` */
  readonly text: string;
  /** SHA-256 of it, in hex */
  readonly hash: string;
}

export interface LinkedBlock extends KeptBlock {
  readonly block: PyObject;
}

export function keepBlock(block: PyObject): LinkedBlock {
  const text = sortedDumps(block);
  return { block, text, hash: hash('sha256', text) };
}

/** The blocks that are checked per turn of the event loop. */
const BLOCKS_PER_TURN = 200;

/**
 * Checks every block from the second on, as the originals do: the first one is not checked.
 * @returns the blocks, or the problem of the first invalid one
 */
export async function checkChain(
  chain: readonly PyValue[],
  rules: ProofRules,
  zeros: number,
): Promise<readonly LinkedBlock[] | string> {
  const kept: LinkedBlock[] = [];
  for (const [place, value] of chain.entries()) {
    const block = checkShape(value, place + 1, rules);
    if (typeof block === 'string') return `block ${place + 1} ${block}`;
    const last = kept.at(-1);
    const fault = last === undefined ? undefined : checkLink(block, last, rules, zeros);
    if (fault !== undefined) return `block ${place + 1} ${fault}`;
    kept.push(keepBlock(block));
    if (place % BLOCKS_PER_TURN === BLOCKS_PER_TURN - 1) await nextTurn();
  }
  return kept.length === 0 ? 'the chain is empty' : kept;
}

function checkShape(value: PyValue, index: number, { proofField }: ProofRules): PyObject | string {
  if (!isPyObject(value)) return 'is not an object';
  const found = value.get('index');
  if (!(found instanceof PyInt) || found.digits !== String(index)) return `has another index than ${index}`;
  if (!isPyArray(value.get('transactions'))) return 'has no list of transactions';
  if (typeof value.get('previous_hash') !== 'string') return 'has no previous_hash';
  const proof = value.get(proofField);
  return proof instanceof PyInt || proof instanceof PyFloat ? value : `has no number as ${proofField}`;
}

function checkLink(block: PyObject, last: LinkedBlock, rules: ProofRules, zeros: number): string | undefined {
  if (block.get('previous_hash') !== last.hash) return 'does not have the hash of the block before it';
  const challenges = rules.challenges(last, block.get('transactions') as readonly PyValue[]);
  if (challenges === undefined) return 'has a transaction that is none of this chain';
  const proof = pyStr(block.get(rules.proofField) ?? null);
  return challenges.some((challenge) => isSolved(challenge, proof, zeros))
    ? undefined
    : `has a ${rules.proofField} that proves nothing under the rules of this chain`;
}
