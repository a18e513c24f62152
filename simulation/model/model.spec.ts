import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jcs, leafHash, leafOf, parseObject, type JsonObject, textOf } from './bytes.js';
import { Model } from './model.js';
import { Violation, type Invariant } from './violation.js';

interface Golden {
  readonly contract: JsonObject;
  readonly chain_id: string;
  readonly blocks: readonly (JsonObject & {
    readonly transactions?: readonly JsonObject[];
    readonly information?: readonly JsonObject[];
  })[];
}

const golden = (name: string): Golden =>
  parseObject(readFileSync(join('test/fixtures/v1', `${name}.json`), 'utf8')) as unknown as Golden;

/** A model that was told of every entry of a golden chain, as if clients had sent them. */
function told({ contract, chain_id: id, blocks }: Golden): Model {
  const model = new Model();
  expect(model.addChain(jcs(contract), 'producer', 0)).toBe(id);
  for (const node of ['producer', 'follower']) model.addNode(node);
  for (const entry of blocks.flatMap(({ transactions, information }) => transactions ?? information ?? [])) {
    const { nonce, sender } = entry;
    model.sent(id, { fields: { nonce: nonce ?? null, ...(sender === undefined ? {} : { sender }) } });
  }
  return model;
}

function violated(act: () => void): Invariant | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof Violation) return error.invariant;
    throw error;
  }
  return undefined;
}

describe('the model', () => {
  it.each(['token', 'signed-token', 'information'])('accepts the golden chain %s', (name) => {
    const chain = golden(name);
    const model = told(chain);
    for (const block of chain.blocks) {
      for (const node of ['producer', 'follower'])
        model.blockShown(node, chain.chain_id, JSON.stringify(block));
    }
    model.requireLevel(chain.chain_id, ['producer', 'follower']);
    expect(model.sealed(chain.chain_id).blocks).toHaveLength(chain.blocks.length);
  });
});

const chain = golden('token');
const { chain_id: ID, blocks } = chain;
const text = (index: number): string => JSON.stringify(blocks[index - 1]);
const entryOf = (index: number, place = 0): JsonObject => blocks[index - 1]!.transactions![place]!;

function shown(model: Model, node: string, ...indexes: readonly number[]): void {
  for (const index of indexes) model.blockShown(node, ID, text(index));
}

describe('the model finds', () => {
  const histories: readonly [string, Invariant, (model: Model) => void][] = [
    [
      'an acknowledged entry that is not in its block',
      'promise-kept',
      (model) => {
        const request = model.sent(ID, { fields: { sender: 'alice', nonce: 'lost' } });
        model.acknowledged(ID, request, { id: 'aa'.repeat(32), sequence: 1, block: 2 }, 0);
        shown(model, 'producer', 1, 2);
      },
    ],
    [
      'an acknowledged entry in a later block than was promised',
      'promise-kept',
      (model) => {
        const { id, sender, nonce } = entryOf(2);
        const request = model.sent(ID, { fields: { sender: sender!, nonce: nonce! } });
        model.acknowledged(ID, request, { id: textOf(id), sequence: 0, block: 1 }, 0);
        shown(model, 'producer', 1, 2);
      },
    ],
    [
      'an acknowledgement, after the seal, of another place',
      'promise-kept',
      (model) => {
        shown(model, 'producer', 1, 2);
        const { id, sender, nonce } = entryOf(2);
        const request = model.sent(ID, { fields: { sender: sender!, nonce: nonce! } });
        model.acknowledged(ID, request, { id: textOf(id), sequence: 1, block: 2 }, 0);
      },
    ],
    [
      'a block of a follower that the producer has not sealed',
      'sealed-by-its-producer',
      (model) => {
        shown(model, 'producer', 1);
        shown(model, 'follower', 1, 2);
      },
    ],
    [
      'another block at the same place',
      'one-story',
      (model) => {
        shown(model, 'producer', 1, 2);
        shown(model, 'follower', 1);
        model.blockShown('follower', ID, JSON.stringify({ ...blocks[1], transactions: [] }));
      },
    ],
    [
      'a head that regresses',
      'head-never-regresses',
      (model) => {
        shown(model, 'producer', 1, 2);
        model.headShown('producer', ID, 1, textOf(blocks[0]!['hash']));
      },
    ],
    [
      'a block with a changed amount',
      'books-agree',
      (model) => {
        shown(model, 'producer', 1);
        const leaf = leafOf({ ...entryOf(2), amount_send: '1000001' });
        const entry = { ...leaf, id: leafHash(leaf).toString('hex') };
        model.blockShown(
          'producer',
          ID,
          JSON.stringify({ ...blocks[1], transactions: [entry], tree_size: 1 }),
        );
      },
    ],
    [
      'an accusation of an honest node',
      'no-false-accusation',
      (model) => model.accused('follower', 'producer', 'FORKED'),
    ],
    [
      'an entry that waits too long',
      'sealed-in-time',
      (model) => {
        shown(model, 'producer', 1);
        const { id, sender, nonce } = entryOf(2);
        const request = model.sent(ID, { fields: { sender: sender!, nonce: nonce! } });
        model.acknowledged(ID, request, { id: textOf(id), sequence: 0, block: 2 }, 1_000);
        model.elapsed(11_000);
        model.elapsed(13_001);
      },
    ],
    [
      'a node that is behind in the end',
      'level-in-the-end',
      (model) => {
        shown(model, 'producer', 1, 2);
        shown(model, 'follower', 1);
        model.requireLevel(ID, ['producer', 'follower']);
      },
    ],
    [
      'a wrong wallet',
      'books-agree',
      (model) => {
        shown(model, 'producer', 1, 2);
        model.walletShown('producer', ID, { address: 'bob', available: '999950.1', held: '0' });
      },
    ],
  ];

  it.each(histories)('%s', (_, invariant, play) => {
    expect(violated(() => play(told(chain)))).toBe(invariant);
  });

  it('an entry that nobody sent', () => {
    const model = new Model();
    model.addChain(jcs(chain.contract), 'producer', 0);
    model.addNode('producer');
    shown(model, 'producer', 1);
    expect(violated(() => shown(model, 'producer', 2))).toBe('only-what-was-sent');
  });

  it('an entry whose only request was refused', () => {
    const model = new Model();
    model.addChain(jcs(chain.contract), 'producer', 0);
    model.addNode('producer');
    const { sender, nonce } = entryOf(2);
    model.refused(ID, model.sent(ID, { fields: { sender: sender!, nonce: nonce! } }));
    shown(model, 'producer', 1);
    expect(violated(() => shown(model, 'producer', 2))).toBe('only-what-was-sent');
  });
});
