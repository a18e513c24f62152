/** The request by which a log asks a witness for its cosignature, and the witness's decision (C2SP tlog-witness 1.0.0). */
import { equalBytes } from '../bytes/bytes.js';
import { verifyConsistency, type TreeHead } from '../tree/proofs.js';
import { EMPTY_ROOT } from '../tree/tree.js';
import { parseHashLines, toBase64 } from './base64.js';
import { parseCheckpoint, parseDecimal, type Checkpoint } from './checkpoint.js';
import { NOTE_SIGNATURES_MAX, parseSignatureLine, verifyNote, type NoteSignature } from './signed-note.js';
import type { VerifierKey } from './verifier-key.js';

export interface AddCheckpoint {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: Checkpoint;
}

/** The answer to a request, but for 200. `size` goes with 409: the size that the witness cosigned last. */
export type WitnessRefusal =
  | { readonly status: 400 | 403 | 404 | 422; readonly reason: string }
  | { readonly status: 409; readonly size: number };

export function formatAddCheckpoint(
  oldSize: number,
  proof: readonly Uint8Array[],
  checkpoint: string,
): string {
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`;
}

/** The request in a body; a sentence about what is wrong with it otherwise. */
export function parseAddCheckpoint(body: string): AddCheckpoint | string {
  const split = body.indexOf('\n\n');
  if (split < 0) return 'the body must have an empty line before its checkpoint';
  const [oldLine = '', ...lines] = body.slice(0, split).split('\n');
  const oldSize = oldLine.startsWith('old ') ? parseDecimal(oldLine.slice(4)) : undefined;
  if (oldSize === undefined) return 'the first line must be old and a tree size';
  const proof = parseHashLines(lines);
  if (proof === undefined) return 'the proof must be at most 63 lines, each 32 bytes in canonical base64';
  const checkpoint = parseCheckpoint(body.slice(split + 2));
  return typeof checkpoint === 'string' ? checkpoint : { oldSize, proof, checkpoint };
}

/**
 * Whether a witness may cosign: the log's signature is checked, then the old size, then consistency.
 * @param keys those that the witness trusts for the checkpoint's origin; none for a log that it does not know
 * @param last the head that the witness cosigned last; undefined if it never did
 * @returns undefined where it may
 */
export function refusalOf(
  request: AddCheckpoint,
  keys: readonly VerifierKey[],
  last: TreeHead | undefined,
): WitnessRefusal | undefined {
  const { oldSize, checkpoint } = request;
  if (keys.length === 0) return { status: 404, reason: `the log ${checkpoint.origin} is not known here` };
  const verified = verifyNote(checkpoint.note, keys);
  if (typeof verified === 'string') return { status: 403, reason: verified };
  if (verified.length === 0) return { status: 403, reason: 'the checkpoint is not signed by a trusted key' };
  if (oldSize > checkpoint.size) {
    return { status: 400, reason: `old must be at most the checkpoint’s size, ${checkpoint.size}` };
  }
  return inconsistencyOf(request, last);
}

/** The part of {@link refusalOf} that depends on what the witness cosigned last. */
export function inconsistencyOf(
  { oldSize, proof, checkpoint }: AddCheckpoint,
  last: TreeHead | undefined,
): WitnessRefusal | undefined {
  const known = last ?? { size: 0, root: EMPTY_ROOT };
  if (oldSize !== known.size) return { status: 409, size: known.size };
  if (checkpoint.size === 0 && !equalBytes(checkpoint.root, EMPTY_ROOT)) {
    return { status: 422, reason: 'an empty tree must have the hash of nothing as its root' };
  }
  return verifyConsistency(known, checkpoint, proof)
    ? undefined
    : { status: 422, reason: `the checkpoint is not proven consistent with that of size ${known.size}` };
}

/** The body of a 409: the size that the witness cosigned last; undefined for any other body. */
export function parseConflict(body: string): number | undefined {
  return body.endsWith('\n') ? parseDecimal(body.slice(0, -1)) : undefined;
}

/**
 * The cosignatures in the body of a 200, by known keys and verified; those of other keys are left out.
 * @param keys the cosigner's
 * @param checkpointText what was to be cosigned, without signatures
 * @returns a sentence for a body of another form, and where a known key's cosignature fails or there is none
 */
export function readCosignatures(
  body: string,
  keys: readonly VerifierKey[],
  checkpointText: string,
): readonly NoteSignature[] | string {
  const lines = body.split('\n', NOTE_SIGNATURES_MAX + 2);
  if (lines.pop() !== '' || lines.length > NOTE_SIGNATURES_MAX) {
    return `the answer must be at most ${NOTE_SIGNATURES_MAX} signature lines`;
  }
  const cosignatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return 'the answer must have nothing but signature lines';
    const verified = verifyNote({ text: checkpointText, signatures: [signature] }, keys);
    if (typeof verified === 'string') return verified;
    const [by] = verified;
    if (by === undefined) continue;
    if (by.time === undefined || by.time === 0) return `the signature by ${signature.name} has no time`;
    cosignatures.push(signature);
  }
  return cosignatures.length > 0 ? cosignatures : 'the answer has no cosignature by the witness';
}
