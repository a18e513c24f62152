/** Asks nodes what clients ask (histories, pages, entries by id, wallets), and compares the answers with a naive search. */
import type { Hash } from '../../src/chain/bytes/bytes.js';
import { textOf } from '../model/bytes.js';
import { Violation, type JsonObject } from '../model/model.js';
import type { Machine } from '../nodes/machine.js';
import type { Random } from '../world/random.js';
import type { Judge } from './judge.js';

const HISTORY_PAGES_MAX = 200;
/** A query in so many is for something that isn't there. */
const UNKNOWN = 0.1;

export class Queries {
  constructor(
    private readonly judge: Judge,
    private readonly chance: Random,
  ) {}

  /** A random query to a node about a chain of which it shows all sealed blocks. @throws Violation */
  ask(machine: Machine): void {
    const { judge, chance } = this;
    if (!machine.isUp || judge.chains.size === 0) return;
    const id = chance.pick([...judge.chains.keys()]);
    const sealed = judge.model.sealed(id);
    if (machine.head(id)?.index !== sealed.blocks.length || sealed.entries.length === 0) return;
    if (sealed.books === undefined) return this.byId(machine, id, 'information');
    const queries = [
      () => this.byId(machine, id, 'transactions'),
      () => this.page(machine, id),
      () => this.history(machine, id),
      () => this.wallet(machine, id),
    ];
    chance.pick(queries)();
  }

  private byId(machine: Machine, chain: Hash, kind: 'transactions' | 'information'): void {
    const { chance, judge } = this;
    const entry = chance.pick(judge.model.sealed(chain).entries);
    if (chance.chance(UNKNOWN)) {
      const wrong = `${entry.id.slice(0, 12)}${'0'.repeat(52)}`;
      const { status } = this.get(machine, `/chains/${chain}/${kind}/${wrong}`);
      return this.requireSame(machine, `the status of ${wrong}`, status, 404);
    }
    const { fields } = this.get(machine, `/chains/${chain}/${kind}/${entry.id}`);
    const { id, sequence, block, status } = fields;
    this.requireSame(
      machine,
      `the place of ${entry.id}`,
      { id, sequence, block, status },
      { id: entry.id, sequence: entry.sequence, block: entry.block, status: 'sealed' },
    );
  }

  /** One page of all transactions, newest first. */
  private page(machine: Machine, chain: Hash): void {
    const { chance, judge } = this;
    const { entries } = judge.model.sealed(chain);
    const [before, limit] = [1 + chance.below(entries.length), 1 + chance.below(40)];
    const path = `/chains/${chain}/transactions?cursor=${before}&limit=${limit}`;
    const { ids, next } = this.list(machine, path);
    const expected = entries.slice(Math.max(0, before - limit), before).reverse();
    this.requireSame(
      machine,
      path,
      ids,
      expected.map(({ id }) => id),
    );
    const last = expected.at(-1)?.sequence ?? 0;
    this.requireSame(machine, `next_cursor of ${path}`, next, last === 0 ? null : String(last));
  }

  /** All sealed transactions of a wallet, page by page. */
  private history(machine: Machine, chain: Hash): void {
    const { chance, judge } = this;
    const { entries, books } = judge.model.sealed(chain);
    const address = chance.chance(UNKNOWN)
      ? this.unknown(books?.addresses())
      : chance.pick([...(books?.addresses() ?? [])]);
    const limit = 1 + chance.below(30);
    const found: string[] = [];
    let cursor: string | null = String(entries.length);
    for (let pages = 0; cursor !== null && pages < HISTORY_PAGES_MAX; pages++) {
      const path: string = `/chains/${chain}/transactions?address=${encodeURIComponent(address)}&cursor=${cursor}&limit=${limit}`;
      const { ids, next } = this.list(machine, path);
      found.push(...ids);
      cursor = next;
    }
    if (cursor !== null) return;
    const byId = new Map(entries.map((entry) => [entry.id, entry]));
    const concerns = ({ leaf }: (typeof entries)[number]): boolean => {
      if (leaf['sender'] === address || leaf['recipient'] === address) return true;
      const hold = typeof leaf['transfer'] === 'string' ? byId.get(leaf['transfer']) : undefined;
      return hold?.leaf['sender'] === address;
    };
    const expected = entries
      .filter(concerns)
      .map(({ id }) => id)
      .reverse();
    this.requireSame(machine, `the history of ${address}, ${limit} a page`, found, expected);
  }

  private wallet(machine: Machine, chain: Hash): void {
    const { chance, judge } = this;
    // A producer shows wallets with what waits.
    if (judge.producerOf(chain) === machine.name) return;
    const address = chance.pick([...(judge.model.sealed(chain).books?.addresses() ?? [])]);
    const { fields } = this.get(machine, `/chains/${chain}/wallets/${encodeURIComponent(address)}`);
    judge.model.walletShown(machine.name, chain, fields);
  }

  private unknown(addresses: Iterable<string> | undefined): string {
    const [some = ''] = addresses ?? [];
    return some.startsWith('bp1') ? some : 'nobody';
  }

  private list(
    machine: Machine,
    path: string,
  ): { readonly ids: readonly string[]; readonly next: string | null } {
    const { fields } = this.get(machine, path);
    const items = fields['transactions'] as readonly JsonObject[];
    return { ids: items.map(({ id }) => textOf(id)), next: fields['next_cursor'] as string | null };
  }

  private get(machine: Machine, path: string): { readonly status: number; readonly fields: JsonObject } {
    const { status, body } = machine.read(path);
    return { status, fields: JSON.parse(Buffer.from(body).toString()) as JsonObject };
  }

  private requireSame(machine: Machine, what: string, found: unknown, expected: unknown): void {
    const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
    if (a !== b)
      throw new Violation('query-agrees', `${machine.name} answers with ${a} as ${what}, not ${b}.`);
  }
}
