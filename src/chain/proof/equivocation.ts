/** Evidence that a producer told two stories about one chain, which anyone can judge offline (protocol, section 12). */
import { equalBytes, hashHex, type Hash, type PublicKey } from '../bytes/bytes.js';
import { verifySignature } from '../bytes/ed25519.js';
import { asFields, unknownField, type Fields } from '../bytes/fields.js';
import { blockHash, sealedHeaderText, signedText, type SealedHeader } from '../block/block.js';
import { parseHeader } from '../block/verify-block.js';
import { chainId, contractJson, parseContract, type Contract } from '../contract/contract.js';
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
       * included, which RFC 6962 leaves out where the smaller size is a power of two.
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
}

export interface EvidenceProblem {
  readonly problem: string;
}

const FIELDS = new Set(['version', 'type', 'contract', 'first', 'second', 'proof']);
const SEALED_FIELDS = new Set(['header', 'hash', 'signature']);

/** The file, as one line of JSON. */
export function formatEquivocation(parts: EquivocationParts): string {
  const contract = contractJson(parts.contract);
  const head = { version: 1, type: 'equivocation', contract } as const;
  if ('headers' in parts) {
    const [first, second] = parts.headers.map(sealedHeaderJson);
    return JSON.stringify({ ...head, first, second });
  }
  const [first, second] = parts.checkpoints;
  const proof = parts.proof?.map(toBase64);
  return JSON.stringify({ ...head, first, second, ...(proof === undefined ? {} : { proof }) });
}

/** `{header, hash, signature}`: a sealed header whose header is apart from what seals it, as in the block files. */
export function sealedHeaderJson(sealed: SealedHeader): Fields {
  const { hash, signature, ...header } = JSON.parse(`${sealedHeaderText(sealed)}}`) as Record<
    string,
    unknown
  >;
  return { header, hash, signature };
}

/** The sealed header in such an object, its forms only; a sentence otherwise. */
export function parseSealedHeader(value: unknown): SealedHeader | string {
  const fields = asFields(value);
  const header = asFields(fields?.header);
  if (fields === undefined || header === undefined || unknownField(fields, SEALED_FIELDS) !== undefined) {
    return 'must be a sealed header: header, hash and signature';
  }
  const extra = Object.keys(header).find((name) => !HEADER_FIELDS.has(name));
  if (extra !== undefined) return `must have no field ${extra.slice(0, 40)} in its header`;
  const { hash, signature } = fields;
  const parsed = parseHeader({ ...header, hash, signature });
  return 'fault' in parsed ? `must be a sealed header: it ${parsed.message.replace(/^\S+ /, '')}` : parsed;
}

const HEADER_FIELDS = new Set([
  'chain',
  'index',
  'previous_hash',
  'timestamp',
  'tree_root',
  'tree_size',
  'version',
]);

/** Judges a file's JSON value offline. */
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
    finding: finding.finding,
  };
}

type Finding = { readonly finding: string } | EvidenceProblem;

function judgeHeaders({ first: one, second: other, proof }: Fields, contract: Contract): Finding {
  if (proof !== undefined) return { problem: 'proof goes with two checkpoints only' };
  const [first, second] = [openHeader(one, contract), openHeader(other, contract)];
  if (typeof first === 'string') return { problem: `first ${first}` };
  if (typeof second === 'string') return { problem: `second ${second}` };
  if (first.index !== second.index) {
    return { problem: `the blocks have different indexes, ${first.index} and ${second.index}` };
  }
  if (first.hash === second.hash) return { problem: 'both are the same block' };
  return { finding: `signed two blocks ${first.index}: ${first.hash} and ${second.hash}` };
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
      : { finding: `signed two roots of ${sizeText(first)}: ${rootText(first)} and ${rootText(second)}` };
  }
  const [small, large] = first.size < second.size ? [first, second] : [second, first];
  const path = parseProof(proof);
  if (path === undefined) return { problem: 'proof must be a list of hashes, 32 bytes each in base64' };
  const roots = rootsOfPath(small.size, large.size, path);
  if (roots === undefined || !equalBytes(roots.now, large.root)) {
    return { problem: 'proof does not lead to the root of the larger tree' };
  }
  return equalBytes(roots.old, small.root)
    ? { problem: 'the checkpoints are consistent' }
    : {
        finding:
          `signed ${rootText(small)} as the root of ${sizeText(small)}, and a tree of ${sizeText(large)} ` +
          `in which they have the root ${hashHex(roots.old)}`,
      };
}

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
