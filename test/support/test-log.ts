/** A tiled log of somebody else: a few leaves, a key, and what it sends to a witness. */
import { checkpointText, formatCheckpoint } from '../../src/chain/note/checkpoint.js';
import { formatAddCheckpoint } from '../../src/chain/note/add-checkpoint.js';
import { ED25519, type VerifierKey } from '../../src/chain/note/verifier-key.js';
import { sha256 } from '../../src/chain/bytes/sha256.js';
import { consistencySteps, rootOver, rootStep, type ProofStep } from '../../src/chain/tree/proofs.js';
import { nodeHash } from '../../src/chain/tree/tree.js';
import { TestProducer } from './chain-builder.js';
import { publicKeyOf, signatureBy } from './golden-log.js';

export class TestLog {
  readonly key: VerifierKey;
  private readonly signer: TestProducer;
  private readonly nodes = new Map<string, Uint8Array>();

  constructor(
    readonly origin: string,
    seed: number,
  ) {
    this.signer = new TestProducer(seed.toString(16).padStart(64, '0'));
    this.key = { name: origin, type: ED25519, publicKey: publicKeyOf(this.signer) };
  }

  /** The request of a log that believes that the witness cosigned `old` last. */
  request(old: number, size: number): string {
    const head = { size, root: this.hash(rootStep(size)) };
    const signature = signatureBy(this.signer, checkpointText(this.origin, head));
    const proof = consistencySteps(old, size).map((step) => this.hash(step));
    return formatAddCheckpoint(old, proof, formatCheckpoint(this.key, head, signature));
  }

  private hash(step: ProofStep): Uint8Array {
    return rootOver(step.map(({ level, index }) => this.node(level, index)));
  }

  private node(level: number, index: number): Uint8Array {
    const name = `${level}/${index}`;
    const known = this.nodes.get(name);
    if (known !== undefined) return known;
    const hash =
      level === 0
        ? sha256(`${this.origin} ${index}`)
        : nodeHash(this.node(level - 1, 2 * index), this.node(level - 1, 2 * index + 1));
    this.nodes.set(name, hash);
    return hash;
  }
}
