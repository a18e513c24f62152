/** Cuts the text of a JSON object with one long list into pieces, so that the list can be parsed on demand. */
import { CLOSE_ARRAY, CLOSE_OBJECT, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE, stringEnd } from './json-size.js';

/**
 * An object's text with its list cut out. The text need not be valid JSON: any invalid part fails when it is parsed.
 */
export interface CutList {
  /** the object with `[]` in place of the list; the whole text if no such list was found */
  readonly rest: string;
  /** the number of elements, counted by the commas between them; undefined if no such list was found */
  readonly count: number | undefined;
  /** whether there is a second list with the same name */
  readonly isTwice: boolean;
  /** pieces with the first elements, at most {@link CutOptions.elementsMax} of them */
  readonly pieces: readonly ListPiece[];
  /** the first element that is longer than allowed: neither it nor any element after it is in a piece */
  readonly tooLong: number | undefined;
  /** where the text of that element begins */
  readonly tooLongAt: number | undefined;
}

/** Elements with commas in between: the text from `start` up to but not including `end`. */
export interface ListPiece {
  readonly start: number;
  readonly end: number;
  /** the position of its first element in the list */
  readonly first: number;
  readonly count: number;
}

export interface CutOptions {
  /** the number of elements to cut into pieces; any more are only counted */
  readonly elementsMax: number;
  /** the maximum length of one element, including the white space around it */
  readonly elementMax: number;
}

/** A piece ends with the element that reaches one of these limits. */
const PIECE_CHARACTERS = 65_536;
const PIECE_ELEMENTS = 256;
/** Characters between two steps: about a millisecond of work. */
const CHARACTERS_PER_STEP = 1_048_576;

/**
 * Finds the member `name` of the object in `text`, which must be an array, and cuts it into pieces, in steps. It makes
 * one pass over the brackets and commas, and needs memory only for the pieces' positions, however deep or long the
 * text.
 */
export function* cutList(text: string, name: string, options: CutOptions): Generator<void, CutList, void> {
  const cutter = new ListCutter(text, name, options);
  while (cutter.scan()) yield;
  return cutter.result();
}

/** The values in a piece; undefined if it isn't valid JSON or has a different number of values. */
export function parsePiece(text: string, { start, end, count }: ListPiece): readonly unknown[] | undefined {
  try {
    const values = JSON.parse(`[${text.slice(start, end)}]`) as readonly unknown[];
    return values.length === count ? values : undefined;
  } catch {
    return undefined;
  }
}

const COLON = 0x3a;

class ListCutter {
  private at = 0;
  private depth = 0;
  /** the last string at the object's own level, while it may be a key */
  private key: string | undefined;
  /** the depth of the list's elements; 0 outside of the list */
  private inside = 0;
  private list: { readonly start: number; end: number; count: number } | undefined;
  private isTwice = false;
  private readonly pieces: ListPiece[] = [];
  private pieceStart = 0;
  private pieceFirst = 0;
  private elementStart = 0;
  /** whether anything other than white space was found since the last comma */
  private hasElement = false;
  private count = 0;
  private tooLong: number | undefined;
  private tooLongAt: number | undefined;

  constructor(
    private readonly text: string,
    private readonly name: string,
    private readonly options: CutOptions,
  ) {}

  /** @returns whether there is more to scan */
  scan(): boolean {
    const { text } = this;
    const end = Math.min(text.length, this.at + CHARACTERS_PER_STEP);
    while (this.at < end) {
      const code = text.charCodeAt(this.at);
      if (code <= 0x20) {
        this.at++;
        continue;
      }
      this.take(code);
    }
    return this.at < text.length;
  }

  result(): CutList {
    const { text, list, isTwice, pieces, tooLong, tooLongAt } = this;
    const isWhole = list !== undefined && list.end !== -1;
    return {
      rest: isWhole ? `${text.slice(0, list.start)}[]${text.slice(list.end)}` : text,
      count: isWhole ? list.count : undefined,
      isTwice,
      pieces: isWhole ? pieces : [],
      tooLong: isWhole ? tooLong : undefined,
      tooLongAt: isWhole ? tooLongAt : undefined,
    };
  }

  private take(code: number): void {
    switch (code) {
      case QUOTE:
        return this.string();
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        return this.open(code);
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        this.depth--;
        if (this.inside > 0 && this.depth < this.inside) this.close(code);
        else this.hasElement = true;
        break;
      case COMMA:
        if (this.depth === 1) this.key = undefined;
        if (this.inside > 0 && this.depth === this.inside) this.element(this.at);
        break;
      case COLON:
        break;
      default:
        this.hasElement = true;
    }
    this.at++;
  }

  private string(): void {
    const { text, at: start } = this;
    this.hasElement = true;
    this.at = Math.min(text.length, stringEnd(text, start) + 1);
    // Even with each character written as \uXXXX, a longer key cannot be the name.
    if (this.inside > 0 || this.depth !== 1 || this.key !== undefined) return;
    this.key = this.at - start <= 6 * this.name.length + 2 ? unquoted(text.slice(start, this.at)) : '';
  }

  private open(code: number): void {
    this.depth++;
    this.hasElement = true;
    const isList = this.depth === 2 && code === OPEN_ARRAY && this.key === this.name;
    this.at++;
    if (!isList || this.inside > 0) return;
    if (this.list === undefined) this.begin(this.at);
    else this.isTwice = true;
  }

  private begin(at: number): void {
    this.inside = this.depth;
    this.list = { start: at - 1, end: -1, count: 0 };
    this.pieceStart = this.elementStart = at;
    this.hasElement = false;
  }

  /** Ends an element at `at`, where a comma follows or the list ends. */
  private element(at: number): void {
    const { elementsMax, elementMax } = this.options;
    const place = this.count++;
    const length = at - this.elementStart;
    this.elementStart = at + 1;
    this.hasElement = false;
    if (place >= elementsMax || this.tooLong !== undefined) return;
    if (length > elementMax) {
      this.tooLong = place;
      this.tooLongAt = at - length;
      // Close the piece with the elements before it.
      this.piece(at - length - 1, place);
      return;
    }
    const isFull = this.count - this.pieceFirst >= PIECE_ELEMENTS || at - this.pieceStart >= PIECE_CHARACTERS;
    if (isFull || this.count === elementsMax) this.piece(at, this.count);
  }

  private piece(end: number, next: number): void {
    const { pieceStart: start, pieceFirst: first } = this;
    if (next > first) this.pieces.push({ start, end, first, count: next - first });
    this.pieceStart = end + 1;
    this.pieceFirst = next;
  }

  /** Only a bracket ends a list: if a brace does, the text is not JSON. */
  private close(code: number): void {
    if (code === CLOSE_ARRAY) this.finish(this.at);
    this.inside = 0;
  }

  private finish(at: number): void {
    if (this.count > 0 || this.hasElement) this.element(at);
    const { list } = this;
    if (this.tooLong === undefined && this.pieceFirst < Math.min(this.count, this.options.elementsMax)) {
      this.piece(at, this.count);
    }
    if (list === undefined) return;
    list.end = at + 1;
    list.count = this.count;
  }
}

function unquoted(text: string): string {
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    return String(JSON.parse(text));
  } catch {
    return '';
  }
}
