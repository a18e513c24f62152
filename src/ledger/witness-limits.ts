/** Limits of asking a witness and of answering, in one place since they have to fit each other (C2SP tlog-witness). */
import { NOTE_SIGNATURES_MAX } from '../chain/note/signed-note.js';
import { PROOF_HASHES_MAX } from '../chain/tree/proofs.js';
import { assert } from './errors.js';

/** The path of the request, below the witness's URL. */
export const ADD_CHECKPOINT = '/add-checkpoint';
/** The type of an answer that is a size: see the status 409. */
export const SIZE_TYPE = 'text/x.tlog.size';

/** Bytes of a request: the longest proof, and a checkpoint with 16 post-quantum signatures or 64 of Ed25519. */
export const ADD_CHECKPOINT_BYTES_MAX = 64 * 1024;
/** Bytes of an answer: as many signature lines as a note may have. */
export const WITNESS_ANSWER_BYTES_MAX = 32 * 1024;
/** How long a witness waits for a block that it has not pulled yet. */
export const PULL_MS_MAX = 5_000;
/** How long a witness asks other nodes, before its first cosignature of a chain, for what it cosigned earlier. */
export const RECOVERY_MS_MAX = 3_000;
/** How long a witness may take for its answer. */
export const WITNESS_ANSWER_MS_MAX = 10_000;
/** Cosignatures of one checkpoint that a node keeps. */
export const COSIGNATURES_MAX = 16;

/** Bytes of the name of a witness's key, so that lists of checkpoints have a limit. */
export const COSIGNER_NAME_BYTES_MAX = 64;
/** Bytes of a cosignature's line: an em dash, the name, base64 of 76 bytes, two spaces and a line feed. */
export const COSIGNATURE_LINE_BYTES_MAX = 3 + COSIGNER_NAME_BYTES_MAX + 104 + 3;

/** Of a hash in base64, with its line feed. */
const HASH_LINE_BYTES = 45;
/** Of a line with an Ed25519 signature by a key whose name is no longer than those of chains, and more. */
const SIGNATURE_LINE_BYTES = 256;
/** Of a checkpoint's text, and the line with the old size. */
const TEXT_BYTES = 1024;

assert(PULL_MS_MAX + RECOVERY_MS_MAX < WITNESS_ANSWER_MS_MAX, 'a witness must answer before it is given up');
assert(
  COSIGNATURES_MAX + 1 <= NOTE_SIGNATURES_MAX,
  'a note must have room for all cosignatures and the log’s own signature',
);
assert(
  TEXT_BYTES + PROOF_HASHES_MAX * HASH_LINE_BYTES + NOTE_SIGNATURES_MAX * SIGNATURE_LINE_BYTES <=
    ADD_CHECKPOINT_BYTES_MAX,
  'a witness must read every request that is well-formed',
);
assert(
  NOTE_SIGNATURES_MAX * SIGNATURE_LINE_BYTES <= WITNESS_ANSWER_BYTES_MAX,
  'an answer must have room for all signature lines',
);
