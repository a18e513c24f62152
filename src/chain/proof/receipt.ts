/**
 * Receipts: one small file that proves offline that an entry is on a chain (C2SP tlog-proof, protocol section 10). They
 * hold the entry's leaf, its path to the root, and a checkpoint that the producer signed, perhaps with cosignatures.
 */
import { hashHex, type Hash, type PublicKey } from '../bytes/bytes.js';
import { canonicalJson, JsonError, parseStrictJson } from '../bytes/json.js';
import { asFields, type Fields } from '../bytes/fields.js';
import { contentText, parseContentText } from '../entry/content-text.js';
import { entryId, informationHash, type InformationContent } from '../entry/entry.js';
import { PROOF_HASHES_MAX, verifyInclusion } from '../tree/proofs.js';
import { fromBase64, parseHashLines, toBase64 } from '../note/base64.js';
import { chainOfOrigin, parseCheckpoint, parseDecimal, type Checkpoint } from '../note/checkpoint.js';
import { isQuorum, type Policy } from '../note/policy.js';
import { verifyNote, type VerifiedSignature } from '../note/signed-note.js';
import { ED25519, type VerifierKey } from '../note/verifier-key.js';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
/** Characters: the longest leaf and its information in base64, 63 hashes, and a note. */
export const RECEIPT_CHARACTERS_MAX = 1024 * 1024;

export interface ReceiptParts {
  readonly leafText: string;
  /** of an information record that is not erased, unless it is left out on purpose */
  readonly content?: InformationContent | undefined;
  readonly sequence: number;
  /** from the leaf's sibling to the root's child */
  readonly proof: readonly Uint8Array[];
  /** verbatim, with its signatures */
  readonly checkpoint: string;
}

/** Whom the verifier trusts: keys of logs, and where cosignatures are wanted, a policy. */
export interface ReceiptTrust {
  readonly logs: readonly VerifierKey[];
  readonly policy?: Policy | undefined;
}

/** The facts that a receipt proves to those who trust its producer. */
export interface ProvenEntry {
  readonly chain: Hash;
  /** the producer's, who signed the checkpoint */
  readonly producer: PublicKey;
  readonly sequence: number;
  readonly id: Hash;
  readonly leafText: string;
  /** the leaf's fields */
  readonly leaf: Fields;
  /** undefined for a transaction, and for a record that the receipt leaves out */
  readonly content: InformationContent | undefined;
  readonly size: number;
  readonly root: Hash;
  /** by witnesses of the policy, the first of each */
  readonly cosignatures: readonly VerifiedSignature[];
  /** whether the policy asks for cosignatures, which are then a quorum */
  readonly isWitnessed: boolean;
}

export interface ReceiptProblem {
  readonly problem: string;
}

export function formatReceipt({ leafText, content, sequence, proof, checkpoint }: ReceiptParts): string {
  const extra = content === undefined ? leafText : `${leafText}\n${contentText(content)}`;
  const lines = [
    FIRST_LINE,
    `extra ${toBase64(new TextEncoder().encode(extra))}`,
    `index ${sequence}`,
    ...proof.map(toBase64),
    '',
    checkpoint,
  ];
  return lines.join('\n');
}

/** Verifies a receipt offline. Nothing of it counts unless all of it does. */
export function verifyReceipt(text: string, trust: ReceiptTrust): ProvenEntry | ReceiptProblem {
  const parsed = parseReceipt(text);
  if (typeof parsed === 'string') return { problem: parsed };
  const { leafText, content, sequence, proof, checkpoint } = parsed;
  const signed = verifyCheckpoint(checkpoint, trust);
  if (typeof signed === 'string') return { problem: signed };
  const { chain, producer, cosignatures, isWitnessed } = signed;
  if (sequence >= checkpoint.size) {
    return { problem: `the entry ${sequence} is not in a tree of ${checkpoint.size} entries` };
  }
  const id = entryId(leafText);
  if (!verifyInclusion(id, sequence, checkpoint.size, proof, checkpoint.root)) {
    return { problem: 'the path does not lead from the entry to the signed root' };
  }
  const leaf = leafFields(leafText);
  if (leaf === undefined) return { problem: 'the leaf is not canonical JSON' };
  const wrong = contentProblem(leaf, content);
  if (wrong !== undefined) return { problem: wrong };
  const root = hashHex(checkpoint.root);
  const { size } = checkpoint;
  return {
    chain,
    producer,
    sequence,
    id: hashHex(id),
    leafText,
    leaf,
    content,
    size,
    root,
    cosignatures,
    isWitnessed,
  };
}

interface SignedBy {
  readonly chain: Hash;
  readonly producer: PublicKey;
  readonly cosignatures: readonly VerifiedSignature[];
  readonly isWitnessed: boolean;
}

function verifyCheckpoint({ origin, note }: Checkpoint, { logs, policy }: ReceiptTrust): SignedBy | string {
  const chain = chainOfOrigin(origin);
  if (chain === undefined) return `the checkpoint is of another kind of log (${origin.slice(0, 80)})`;
  // A cosigner's key under the log's name would vouch for the tree, and not be the producer's.
  const trusted = logs.filter(({ name, type }) => name === origin && type === ED25519);
  if (trusted.length === 0)
    return `the checkpoint is of the chain ${chain}, for which no key is trusted here`;
  const witnesses = policy?.witnesses.map(({ key }) => key) ?? [];
  const verified = verifyNote(note, [...trusted, ...witnesses]);
  if (typeof verified === 'string') return verified;
  const byLog = verified.find(({ key }) => trusted.includes(key));
  if (byLog === undefined) return 'the checkpoint is not signed by the trusted key';
  const cosignatures = firstOfEach(verified.filter(({ key }) => witnesses.includes(key)));
  if (policy !== undefined && !isQuorum(policy, (key) => cosignatures.some((by) => by.key === key))) {
    const names = cosignatures.map(({ key }) => key.name).join(', ') || 'nobody';
    return `the cosignatures are not the quorum that the policy asks for (cosigned by ${names})`;
  }
  const isWitnessed = policy !== undefined && policy.quorum !== 'none';
  return { chain, producer: byLog.key.publicKey, cosignatures, isWitnessed };
}

/** A witness may have cosigned more than once: its first time says most. */
function firstOfEach(cosignatures: readonly VerifiedSignature[]): readonly VerifiedSignature[] {
  const first = new Map<VerifierKey, VerifiedSignature>();
  for (const cosignature of cosignatures) {
    const { key, time = 0 } = cosignature;
    const known = first.get(key);
    if (known === undefined || time < (known.time ?? 0)) first.set(key, cosignature);
  }
  return [...first.values()];
}

interface ParsedReceipt extends Omit<ReceiptParts, 'checkpoint'> {
  readonly checkpoint: Checkpoint;
}

function parseReceipt(text: string): ParsedReceipt | string {
  if (text.length > RECEIPT_CHARACTERS_MAX) return 'a receipt must be at most 1 MiB long';
  const split = text.indexOf('\n\n');
  if (split < 0) return 'a receipt must have an empty line before its checkpoint';
  const [first, extraLine = '', indexLine = '', ...hashes] = text.slice(0, split).split('\n');
  if (first !== FIRST_LINE) return `a receipt must begin with the line ${FIRST_LINE}`;
  const extra = extraLine.startsWith('extra ') ? fromBase64(extraLine.slice(6)) : undefined;
  const read = extra === undefined ? undefined : readExtra(extra);
  if (read === undefined) {
    return 'the second line must be extra and, in canonical base64, the leaf, and perhaps its information';
  }
  const sequence = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice(6)) : undefined;
  if (sequence === undefined) return 'the third line must be index and the entry’s sequence';
  const proof = parseHashLines(hashes);
  if (proof === undefined) {
    return `a receipt must have at most ${PROOF_HASHES_MAX} hashes, 32 bytes each in canonical base64`;
  }
  const checkpoint = parseCheckpoint(text.slice(split + 2));
  return typeof checkpoint === 'string' ? checkpoint : { ...read, sequence, proof, checkpoint };
}

function readExtra(bytes: Uint8Array): Pick<ReceiptParts, 'leafText' | 'content'> | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
  const split = text.indexOf('\n');
  if (split < 0) return { leafText: text, content: undefined };
  const content = parseContentText(text.slice(split + 1));
  return content === undefined ? undefined : { leafText: text.slice(0, split), content };
}

/** The object in a leaf, which is canonical JSON (RFC 8785) and has a type. */
function leafFields(text: string): Fields | undefined {
  try {
    const { value } = parseStrictJson(text);
    const fields = canonicalJson(value) === text ? asFields(value) : undefined;
    return typeof fields?.type === 'string' ? fields : undefined;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function contentProblem(leaf: Fields, content: InformationContent | undefined): string | undefined {
  if (content === undefined) return undefined;
  if (leaf.type !== 'information') return 'only an information record has information beside its leaf';
  return informationHash(content) === leaf.information_hash
    ? undefined
    : 'the information is not the one that the leaf names by its hash';
}
