/** The tiled log of the golden token chain: its leaves, its keys and its checkpoints, as the protocol's vectors have them. */
import {
  parseHash,
  parsePublicKey,
  parseSignature,
  type Hash,
  type PublicKey,
  type Signature,
} from '../../src/chain/bytes/bytes.js';
import { checkpointKey, checkpointText, formatCheckpoint } from '../../src/chain/note/checkpoint.js';
import { cosignedText } from '../../src/chain/note/cosignature.js';
import { formatSignatureLine, noteCosignature } from '../../src/chain/note/signed-note.js';
import { COSIGNATURE_V1, type VerifierKey } from '../../src/chain/note/verifier-key.js';
import { canonicalJson } from '../../src/chain/bytes/json.js';
import { inclusionSteps, rootOver } from '../../src/chain/tree/proofs.js';
import { Frontier, nodeHash } from '../../src/chain/tree/tree.js';
import { leafHash, OTHER_PRODUCER, PRODUCER, type TestProducer, type Wire } from './chain-builder.js';
import { goldenChain, type GoldenName } from './golden-chains.js';

export class GoldenLog {
  readonly chain: Hash;
  readonly contract: Wire;
  /** as canonical JSON, in order */
  readonly leaves: readonly string[];
  readonly ids: readonly Uint8Array[];
  readonly key: VerifierKey;

  constructor(name: GoldenName = 'token') {
    const { chain_id: chain, contract, blocks } = goldenChain(name);
    const entries = blocks.flatMap(
      ({ transactions, information }) => (transactions ?? information) as Wire[],
    );
    this.chain = parseHash(chain) as Hash;
    this.contract = contract;
    this.leaves = entries.map(leafText);
    this.ids = entries.map(leafHash);
    this.key = checkpointKey(this.chain, publicKeyOf(PRODUCER));
  }

  root(size = this.ids.length): Uint8Array {
    const tree = Frontier.empty();
    for (const id of this.ids.slice(0, size)) tree.append(id);
    return tree.root();
  }

  checkpoint(size = this.ids.length): string {
    const text = checkpointText(this.key.name, { size, root: this.root(size) });
    return formatCheckpoint(this.key, { size, root: this.root(size) }, signatureBy(PRODUCER, text));
  }

  /** The checkpoint with one more line. */
  cosigned(checkpoint: string, cosigner: Cosigner, time: number): string {
    const text = checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1);
    const signature = signatureBy(cosigner.producer, cosignedText(time, text));
    return checkpoint + formatSignatureLine(noteCosignature(cosigner.key, { time, signature }));
  }

  proof(index: number, size = this.ids.length): readonly Uint8Array[] {
    return inclusionSteps(index, size).map((step) =>
      rootOver(step.map((node) => this.subtree(node.level, node.index))),
    );
  }

  subtree(level: number, index: number): Uint8Array {
    if (level === 0) return this.ids[index] as Uint8Array;
    return nodeHash(this.subtree(level - 1, 2 * index), this.subtree(level - 1, 2 * index + 1));
  }
}

export interface Cosigner {
  readonly producer: TestProducer;
  readonly key: VerifierKey;
}

/** The cosigner of the vectors. */
export const COSIGNER: Cosigner = {
  producer: OTHER_PRODUCER,
  key: { name: 'bpsc.example/follower-1', type: COSIGNATURE_V1, publicKey: publicKeyOf(OTHER_PRODUCER) },
};

export function publicKeyOf(producer: TestProducer): PublicKey {
  return parsePublicKey(producer.publicKey) as PublicKey;
}

export function signatureBy(producer: TestProducer, text: string): Signature {
  const signature = parseSignature(producer.sign(text));
  if (signature === undefined) throw new Error('no signature');
  return signature;
}

/** The fields beside the leaf on the wire are no part of it. */
function leafText(entry: Wire): string {
  const { id: _id, information: _information, salt: _salt, erased: _erased, ...leaf } = entry;
  return canonicalJson(leaf);
}
