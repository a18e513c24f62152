/** Cosigning: the one place where a witness's key is used. All who ask in one turn of the event loop share one commit. */
import { equalBytes } from '../chain/bytes/bytes.js';
import { inconsistencyOf, type AddCheckpoint, type WitnessRefusal } from '../chain/note/add-checkpoint.js';
import { cosignedText } from '../chain/note/cosignature.js';
import { noteCosignature, type NoteSignature } from '../chain/note/signed-note.js';
import type { VerifierKey } from '../chain/note/verifier-key.js';
import type { TreeHead } from '../chain/tree/proofs.js';
import type { Clock } from '../ledger/clock.js';
import { Unavailable } from '../ledger/errors.js';
import type { CosignedHeads } from '../ledger/store.js';
import type { Signer } from '../keys/key-file.js';

/** Checkpoints in one commit: some twenty milliseconds of work. */
const COSIGNED_AT_ONCE_MAX = 256;

export interface Cosigned {
  readonly status: 200;
  readonly cosignature: NoteSignature;
}

export type CosignerAnswer = Cosigned | WitnessRefusal;

interface Asked {
  readonly request: AddCheckpoint;
  readonly resolve: (answer: CosignerAnswer) => void;
  readonly reject: (error: unknown) => void;
}

export interface CosignerParts {
  readonly key: VerifierKey;
  readonly signer: Signer;
  readonly heads: CosignedHeads;
  readonly clock: Pick<Clock, 'now'>;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

export class Cosigner {
  private asked: Asked[] = [];
  private isPlanned = false;

  constructor(private readonly parts: CosignerParts) {}

  /**
   * Cosigns a checkpoint that its log signed and, for a followed chain, whose tree this node verified and stored. It is
   * checked against the last one that was cosigned in the same turn as that one is moved, so requests can't overtake
   * each other.
   * @returns the cosignature once the new last head is on disk, or why it is refused
   * @throws Unavailable if that can't be stored now: nothing was cosigned
   */
  cosign(request: AddCheckpoint): Promise<CosignerAnswer> {
    return new Promise((resolve, reject) => {
      this.asked.push({ request, resolve, reject });
      this.plan();
    });
  }

  private plan(): void {
    if (this.isPlanned) return;
    this.isPlanned = true;
    // After the requests that are being read right now, which share the commit.
    setImmediate(() => {
      this.isPlanned = false;
      this.run(this.asked.splice(0, COSIGNED_AT_ONCE_MAX));
      if (this.asked.length > 0) this.plan();
    });
  }

  private run(asked: readonly Asked[]): void {
    const { heads, fail } = this.parts;
    const moves = new Map<string, { readonly from: TreeHead | undefined; to: TreeHead }>();
    const answers: (() => void)[] = [];
    for (const { request, resolve } of asked) {
      // load
      const { origin, size, root, note } = request.checkpoint;
      const moved = moves.get(origin);
      const last = moved?.to ?? heads.last(origin);
      // compute
      const refusal = inconsistencyOf(request, last);
      if (refusal !== undefined) {
        answers.push(() => resolve(refusal));
        continue;
      }
      if (last === undefined || !isSame(last, { size, root })) {
        moves.set(origin, { from: moved === undefined ? last : moved.from, to: { size, root } });
      }
      const cosignature = this.sign(note.text);
      answers.push(() => resolve({ status: 200, cosignature }));
    }
    // commit. A crash before its end leaves the heads as they were, and no cosignature has left; one after it leaves
    // heads whose cosignatures nobody got: whoever asked is told the size (409), and asks again from there.
    try {
      const steps = [...moves].map(([origin, move]) => ({ origin, ...move }));
      if (steps.length > 0) heads.advance(steps);
    } catch (error) {
      for (const { reject } of asked) reject(error);
      if (!(error instanceof Unavailable)) fail(error);
      return;
    }
    // announce
    for (const answer of answers) answer();
  }

  private sign(checkpointText: string): NoteSignature {
    const { key, signer, clock } = this.parts;
    // The time 0 would say that there is none.
    const time = Math.max(1, Math.floor(clock.now() / 1000));
    return noteCosignature(key, { time, signature: signer.sign(cosignedText(time, checkpointText)) });
  }
}

function isSame(a: TreeHead, b: TreeHead): boolean {
  return a.size === b.size && equalBytes(a.root, b.root);
}
