/** Evidence that a producer told two stories about one chain, which anyone can judge offline (protocol, section 12). */
import { equalBytes, hashHex, type Hash, type PublicKey } from '../bytes/bytes.js';
import { verifySignature } from '../bytes/ed25519.js';
import { asFields, unknownField, type Fields } from '../bytes/fields.js';
import { JsonError, jsonProblem, parseStrictJson } from '../bytes/json.js';
import { blockHash, signedText, type SealedHeader } from '../block/block.js';
import { parseSealedHeader, sealedHeaderLine } from '../block/sealed-header-text.js';
import { chainId, contractJson, parseContract, type Contract } from '../contract/contract.js';
import { fault, type Fault } from '../faults.js';
import { parseHashLines, toBase64 } from '../note/base64.js';
import { checkpointKey, parseCheckpoint, type Checkpoint } from '../note/checkpoint.js';
import { verifyNote } from '../note/signed-note.js';
import { rootsOfPath } from '../tree/proofs.js';

/** Two sealed headers of one index, or two checkpoints, as texts. */
export type EquivocationParts =
  | { readonly contract: Contract; readonly headers: readonly [SealedHeader, SealedHeader] }
  | {
      readonly contract: Contract;
      readonly checkpoints: readonly [string, string];
      /**
       * Where the sizes differ, the path of the consistency proof from the smaller tree to the larger, its first hash
       * included, which RFC 6962 leaves out where the smaller size is a power of two: `consistencyPathSteps`.
       */
      readonly proof?: readonly Uint8Array[] | undefined;
    };

/** The verdict on evidence that convicts. */
export interface Conviction {
  readonly chain: Hash;
  readonly name: string;
  readonly producer: PublicKey;
  /** a sentence that says what the producer signed */
  readonly finding: string;
  /** the same as a fault: the block, and what is different in its two versions */
  readonly fault: Fault;
}

export interface EvidenceProblem {
  readonly problem: string;
}

const FIELDS = new Set(['version', 'type', 'contract', 'first', 'second', 'proof']);

/** The file, as one line of JSON. Of two checkpoints the one of the smaller tree comes first. */
export function formatEquivocation(parts: EquivocationParts): string {
  const contract = JSON.stringify(contractJson(parts.contract));
  const head = `{"version":1,"type":"equivocation","contract":${contract}`;
  if ('headers' in parts) {
    const [first, second] = parts.headers;
    return `${head},"first":${sealedHeaderLine(first)},"second":${sealedHeaderLine(second)}}`;
  }
  const [first, second] = parts.checkpoints.toSorted((a, b) => sizeOf(a) - sizeOf(b)).map(jsonText);
  const proof = parts.proof === undefined ? '' : `,"proof":${JSON.stringify(parts.proof.map(toBase64))}`;
  return `${head},"first":${first},"second":${second}${proof}}`;
}

const jsonText = (text: string): string => JSON.stringify(text);

function sizeOf(text: string): number {
  const checkpoint = parseCheckpoint(text);
  return typeof checkpoint === 'string' ? 0 : checkpoint.size;
}

/** Characters of a file: a contract with all its allocations, and two checkpoints. */
export const EVIDENCE_CHARACTERS_MAX = 4 * 1024 * 1024;

/** Judges a file offline. */
export function judgeEvidence(text: string): Conviction | EvidenceProblem {
  if (text.length > EVIDENCE_CHARACTERS_MAX) return { problem: 'evidence must be at most 4 MiB long' };
  try {
    return judgeEquivocation(parseStrictJson(text).value);
  } catch (error) {
    if (error instanceof JsonError) return { problem: `evidence must be JSON: ${jsonProblem(error)}` };
    throw error;
  }
}

/** Judges a file's JSON value offline: {@link judgeEvidence} for what is parsed already. */
export function judgeEquivocation(value: unknown): Conviction | EvidenceProblem {
  const fields = asFields(value);
  if (fields === undefined) return { problem: 'evidence must be a JSON object' };
  const extra = unknownField(fields, FIELDS);
  if (extra !== undefined) return { problem: `evidence has no field ${extra.slice(0, 40)}` };
  if (fields.version !== 1) return { problem: 'version must be 1' };
  if (fields.type !== 'equivocation') return { problem: 'type must be "equivocation"' };
  const contract = parseContract(fields.contract);
  if ('fault' in contract) return { problem: `contract: it ${contract.message.replace(/^\S+ /, '')}` };
  const finding =
    typeof fields.first === 'string' ? judgeCheckpoints(fields, contract) : judgeHeaders(fields, contract);
  if ('problem' in finding) return finding;
  return {
    chain: chainId(contract),
    name: contract.name,
    producer: contract.producer,
    ...finding,
  };
}

type Finding = Pick<Conviction, 'finding' | 'fault'> | EvidenceProblem;

function judgeHeaders({ first: one, second: other, proof }: Fields, contract: Contract): Finding {
  if (proof !== undefined) return { problem: 'proof goes with two checkpoints only' };
  const [first, second] = [openHeader(one, contract), openHeader(other, contract)];
  if (typeof first === 'string') return { problem: `first ${first}` };
  if (typeof second === 'string') return { problem: `second ${second}` };
  if (first.index !== second.index) {
    return { problem: `the blocks have different indexes, ${first.index} and ${second.index}` };
  }
  if (first.hash === second.hash) return { problem: 'both are the same block' };
  const { index } = first;
  return {
    finding: `signed two blocks ${index}: ${first.hash} and ${second.hash}`,
    fault: fault('FORKED', { index, field: 'hash', expected: first.hash, found: second.hash }),
  };
}

/** A header that the producer signed, as a block of this chain; a sentence otherwise. */
function openHeader(value: unknown, contract: Contract): SealedHeader | string {
  const header = parseSealedHeader(value);
  if (typeof header === 'string') return header;
  if (header.chain !== chainId(contract)) return 'is a block of another chain than the contract’s';
  if (blockHash(header) !== header.hash) return 'has a hash that its header does not give';
  return verifySignature(contract.producer, signedText(header), header.signature)
    ? header
    : 'is not signed by the contract’s producer';
}

function judgeCheckpoints({ first: one, second: other, proof }: Fields, contract: Contract): Finding {
  const [first, second] = [openCheckpoint(one, contract), openCheckpoint(other, contract)];
  if (typeof first === 'string') return { problem: `first ${first}` };
  if (typeof second === 'string') return { problem: `second ${second}` };
  if (first.size === second.size) {
    if (proof !== undefined) return { problem: 'proof goes with checkpoints of different sizes only' };
    return equalBytes(first.root, second.root)
      ? { problem: 'both checkpoints have the same root' }
      : {
          finding: `signed two roots of ${sizeText(first)}: ${rootText(first)} and ${rootText(second)}`,
          fault: twoRoots(rootText(first), rootText(second)),
        };
  }
  if (first.size > second.size) return { problem: 'first must be the checkpoint of the smaller tree' };
  const path = parseProof(proof);
  if (path === undefined) return { problem: 'proof must be a list of hashes, 32 bytes each in base64' };
  const roots = rootsOfPath(first.size, second.size, path);
  if (roots === undefined || !equalBytes(roots.now, second.root)) {
    return { problem: 'proof does not lead to the root of the larger tree' };
  }
  return equalBytes(roots.old, first.root)
    ? { problem: 'the checkpoints are consistent' }
    : {
        finding:
          `signed ${rootText(first)} as the root of ${sizeText(first)}, and a tree of ${sizeText(second)} ` +
          `in which they have the root ${hashHex(roots.old)}`,
        fault: twoRoots(rootText(first), hashHex(roots.old)),
      };
}

const twoRoots = (expected: string, found: string): Fault =>
  fault('FORKED', { field: 'tree_root', expected, found });

function openCheckpoint(value: unknown, contract: Contract): Checkpoint | string {
  if (typeof value !== 'string') return 'must be a checkpoint, as the other one is';
  const checkpoint = parseCheckpoint(value);
  if (typeof checkpoint === 'string') return `must be a checkpoint: ${checkpoint}`;
  const key = checkpointKey(chainId(contract), contract.producer);
  if (checkpoint.origin !== key.name) return 'is a checkpoint of another log than the contract’s chain';
  const verified = verifyNote(checkpoint.note, [key]);
  if (typeof verified === 'string') return `is not what the producer signed: ${verified}`;
  return verified.length > 0 ? checkpoint : 'is not signed by the contract’s producer';
}

function parseProof(value: unknown): readonly Uint8Array[] | undefined {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return undefined;
  return parseHashLines(value);
}

const sizeText = ({ size }: Checkpoint): string => `${size} entries`;
const rootText = ({ root }: Checkpoint): string => hashHex(root);
