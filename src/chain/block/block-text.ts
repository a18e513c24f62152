/**
 * Reads a block's JSON text from outside (protocol, section 5) so that a false one costs little: the header is parsed,
 * its entries only on demand, piece by piece, and no more of them than a block of the chain can have.
 */
import { entryTextMax } from './block-text-max.js';
import { ENTRIES_FIELD, sealedHeaderText, type SealedHeader } from './block.js';
import { toHex } from '../bytes/bytes.js';
import { blockEntriesMax, type Contract } from '../contract/contract.js';
import { contentIn, entryWireText, type Entry } from '../entry/entry.js';
import { fault, type Fault } from '../faults.js';
import { asFields, type Fields } from '../bytes/fields.js';
import { cutList, parsePiece, type CutList, type ListPiece } from '../bytes/json-list.js';
import { JsonError, parseStrictJson } from '../bytes/json.js';

/** The maximum length of a block without its entries, white space included. A header takes about 600 characters. */
const REST_TEXT_MAX = 8192;
/** Levels around an information record: the block, its entries, the entry. */
const OUTER_DEPTH = 3;

/** Yielded instead of the next entry if that cannot be parsed. */
export class BrokenEntries {
  constructor(readonly fault: Fault) {}
}

export class BlockText {
  private constructor(
    private readonly text: string,
    private readonly contract: Contract,
    /** the block's fields, with an empty list in place of its entries; not verified in any way */
    readonly fields: Fields,
    private readonly list: CutList,
  ) {}

  /**
   * Finds the header and the positions of the entries, in steps.
   * @param index the expected block index, for a fault
   */
  static *read(text: string, contract: Contract, index?: number): Generator<void, BlockText | Fault, void> {
    const list = yield* cutEntries(text, contract);
    const place = index === undefined ? {} : { index };
    if (list.rest.length > REST_TEXT_MAX) {
      return fault('MALFORMED', {
        ...place,
        field: 'block',
        expected: `at most ${REST_TEXT_MAX} characters apart from its entries`,
        found: String(list.rest.length),
      });
    }
    let value: unknown;
    try {
      value = JSON.parse(list.rest);
    } catch (error) {
      return notJson((error as Error).message, index);
    }
    const fields = asFields(value);
    if (fields === undefined) {
      return fault('MALFORMED', { ...place, field: 'block', expected: 'an object', found: typeof value });
    }
    if (list.isTwice) return notJson(`is a duplicate key at /${ENTRIES_FIELD[contract.kind]}`, index);
    return new BlockText(text, contract, fields, list);
  }

  /** The number of entries, counted by the commas between them. */
  get count(): number {
    return this.list.count ?? 0;
  }

  /** The beginning of the first entry that is longer than an entry can be, as it came; undefined if there is none. */
  get tooLongText(): string | undefined {
    const { tooLongAt: at } = this.list;
    return at === undefined
      ? undefined
      : this.text.slice(at, at + entryTextMax(this.contract)).toWellFormed();
  }

  /** The entries in their wire form, parsed on demand; after {@link BrokenEntries} there are no more. */
  *entries(index: number, firstSequence: number): Generator<unknown, void, void> {
    for (const piece of this.list.pieces) {
      const values = parsePiece(this.text, piece);
      if (values === undefined) {
        const found = `entries ${firstSequence + piece.first} to ${firstSequence + piece.first + piece.count - 1}`;
        return yield new BrokenEntries(notJson(found, index));
      }
      yield* values;
    }
    const { tooLong } = this.list;
    if (tooLong === undefined) return;
    const expected = `at most ${entryTextMax(this.contract)} characters`;
    const place = { index, sequence: firstSequence + tooLong };
    yield new BrokenEntries(fault('ENTRY_MALFORMED', { ...place, field: 'entry', expected }));
  }

  /**
   * Checks, in steps, for anything that `JSON.parse` accepts and the protocol doesn't (section 1), such as a duplicate
   * key. The text that our own nodes send is free of these, and comparing with it is far cheaper than scanning.
   */
  *check(header: SealedHeader, entries: readonly Entry[]): Generator<void, Fault | undefined, void> {
    const name = ENTRIES_FIELD[this.contract.kind];
    const asOurs = `${sealedHeaderText(header)},"${name}":[]}`;
    const wrong =
      this.list.rest === asOurs ? undefined : strictly(this.list.rest, 0, header.index, (pointer) => pointer);
    if (wrong !== undefined) return wrong;
    for (const piece of this.list.pieces) {
      const found = this.checkPiece(piece, entries, header.index, name);
      if (found !== undefined) return found;
      yield;
    }
    return undefined;
  }

  private checkPiece(
    { start, end, first, count }: ListPiece,
    entries: readonly Entry[],
    index: number,
    name: string,
  ): Fault | undefined {
    const ours = entries
      .slice(first, first + count)
      .map(entryText)
      .join(',');
    if (ours.length === end - start && this.text.startsWith(ours, start)) return undefined;
    return strictly(`[${this.text.slice(start, end)}]`, 1, index, (pointer) =>
      pointer.replace(/^\/(\d+)/, (_, place) => `/${name}/${first + Number(place)}`),
    );
  }
}

/** Cuts the entries out of a block's text, in steps: at most as many as a block can have. */
export function cutEntries(text: string, contract: Contract): Generator<void, CutList, void> {
  const elementsMax = blockEntriesMax(contract);
  return cutList(text, ENTRIES_FIELD[contract.kind], { elementsMax, elementMax: entryTextMax(contract) });
}

/** An entry's wire form as our nodes send it. */
export function entryText(entry: Entry): string {
  return entryWireText(entry.leafText, toHex(entry.id), entry.kind, contentIn(entry));
}

/** @param outer the number of the block's outer nesting levels that the text lacks */
function strictly(
  text: string,
  outer: number,
  index: number,
  place: (pointer: string) => string,
): Fault | undefined {
  try {
    parseStrictJson(text, OUTER_DEPTH - outer);
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return notJson(`${error.message} at ${place(error.pointer)}`, index);
  }
}

function notJson(found: string, index: number | undefined): Fault {
  const detail = { field: 'block', expected: 'JSON', found };
  return fault('MALFORMED', index === undefined ? detail : { index, ...detail });
}
