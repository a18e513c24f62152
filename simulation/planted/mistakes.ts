/** Real mistakes, each planted by wrapping a port: the simulation has to find every one of them. */
import type { Hash } from '../../src/chain/bytes/bytes.js';
import type { AnyChainStore, NewBlock } from '../../src/ledger/chain-store.js';
import { blockText } from '../../src/ledger/block-json.js';
import type { LedgerStore } from '../../src/ledger/store.js';
import type { Ports } from '../nodes/world.js';
import { NO_MISTAKE } from '../nodes/no-mistake.js';
import { wrapped, wrappedStores } from './wrapping.js';

/** Clients are answered in the turn in which their entries are prepared; the commit follows. */
function answerBeforeCommit(): Ports {
  return {
    ...NO_MISTAKE,
    store: ({ timeline }, store) =>
      wrapped(store, {
        acceptTogether: (parts: Parameters<LedgerStore['acceptTogether']>[0]) =>
          void timeline.turn(() => store.acceptTogether(parts)),
      }),
  };
}

/** Each attempt of a client has a nonce of its own. */
function newNonceForEachAttempt(): Ports {
  const attempts = new Map<string, number>();
  return {
    ...NO_MISTAKE,
    fetch: (fetch) => (input, init) => {
      const body = init?.body;
      if (typeof body !== 'string') return fetch(input, init);
      const attempt = (attempts.get(body) ?? 0) + 1;
      attempts.set(body, attempt);
      if (attempt === 1) return fetch(input, init);
      return fetch(input, { ...init, body: body.replace(/("nonce":"[^"]+)"/, `$1.${attempt}"`) });
    },
  };
}

/** The last process to write moves the head to its own block. */
function headWithoutCompareAndSwap(): Ports {
  return {
    ...NO_MISTAKE,
    store: (node, store) =>
      wrappedStores(store, (chain) => ({
        append: (
          expected: Hash,
          blocks: readonly NewBlock[],
          changes: Parameters<AnyChainStore['append']>[2],
        ) => {
          node.moveHead(chain.chain.id, expected, (blocks[0] as NewBlock).header.index);
          chain.append(expected, blocks, changes);
        },
      })),
  };
}

/** A wallet is read from the books once, and then from memory. */
function staleWallets(): Ports {
  return {
    ...NO_MISTAKE,
    store: (_node, store) =>
      wrappedStores(store, (chain) => {
        if (!('books' in chain)) return {};
        const { books } = chain;
        const known = new Map<string, ReturnType<typeof books.wallet>>();
        const wallet = (address: string): ReturnType<typeof books.wallet> => {
          if (!known.has(address)) known.set(address, books.wallet(address));
          return known.get(address);
        };
        return { books: wrapped(books, { wallet }) };
      }),
  };
}

/** A block is shown before it is committed. */
function publishedBeforeCommit(): Ports {
  const published = new Map<string, { index: number; hash: string; text: string }>();
  return {
    ...NO_MISTAKE,
    store: ({ name }, store) =>
      wrappedStores(store, (chain) => ({
        append: (
          expected: Hash,
          blocks: readonly NewBlock[],
          changes: Parameters<AnyChainStore['append']>[2],
        ) => {
          const { id, contract } = chain.chain;
          const { header, entries } = blocks.at(-1) as NewBlock;
          const from = chain.head().header.treeSize;
          if (entries.length === 0 && header.treeSize > from) {
            const list = Buffer.from(chain.entriesOnWire(from, header.treeSize)).toString();
            const text = blockText(header, contract.kind, list);
            published.set(`${name} ${id}`, { index: header.index, hash: header.hash, text });
          }
          chain.append(expected, blocks, changes);
        },
      })),
    shown: (node) =>
      wrapped(node, {
        head: (chain: Hash) => {
          const [stored, early] = [node.head(chain), published.get(`${node.name} ${chain}`)];
          return stored === undefined || early === undefined || early.index <= stored.index ? stored : early;
        },
        blockText: (chain: Hash, index: number) => {
          const early = published.get(`${node.name} ${chain}`);
          return early?.index === index ? early.text : node.blockText(chain, index);
        },
      }),
  };
}

export const MISTAKES: Readonly<Record<string, () => Ports>> = {
  'an answer before the commit': answerBeforeCommit,
  'a retry that is not idempotent': newNonceForEachAttempt,
  'a head moved without compare-and-swap': headWithoutCompareAndSwap,
  'a stale cache of a wallet': staleWallets,
  'a block published before its commit': publishedBeforeCommit,
};
