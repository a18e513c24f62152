/**
 * Finds numbers in a body that a double, and so canonical JSON, would change: an id beyond 2^53, a fraction of twenty
 * digits. They are refused, so that the chain never contains another number than the one that was sent.
 */
import { NUMBER_DIGITS_MAX, pathTo, type DoubtfulNumber } from '../../chain/bytes/json.js';
import { FieldErrors } from '../../ledger/errors.js';
import { RefusedValue } from './dto-reader.js';

type Fields = Record<string, unknown>;

/** A field of the body, or of one of its transactions. */
interface Owner {
  readonly transaction: number | undefined;
  readonly field: string;
  readonly wrong: FieldErrors;
}

export class InexactNumbers {
  private readonly owners = new Map<number | undefined, Map<string, Owner>>();

  add({ place, digits, becomes }: DoubtfulNumber): void {
    const path = pathTo(place);
    const isInBatch = path[0] === 'transactions' && typeof path[1] === 'number' && path.length > 2;
    const [field, ...inside] = isInBatch ? path.slice(2) : path;
    if (typeof field !== 'string') return;
    const isAmount = field === 'amount' && inside.length === 0;
    if (becomes === undefined && !isAmount) return;
    const { wrong } = this.ownerOf(isInBatch ? (path[1] as number) : undefined, field);
    // Texts are created only for the numbers that are named.
    if (wrong.isFull) wrong.omit();
    else
      wrong.add(pathText(field, inside), isAmount ? roundedMessage(digits) : changedMessage(field, becomes));
  }

  /** Replaces each field that contains such a number by a refusal. */
  replaceIn(body: Fields): void {
    for (const owners of this.owners.values()) {
      for (const { transaction, field, wrong } of owners.values()) {
        const fields =
          transaction === undefined ? body : (body.transactions as readonly Fields[])[transaction];
        if (fields !== undefined) fields[field] = new RefusedValue(wrong);
      }
    }
  }

  private ownerOf(transaction: number | undefined, field: string): Owner {
    const owners = this.owners.get(transaction) ?? new Map<string, Owner>();
    const owner = owners.get(field) ?? { transaction, field, wrong: new FieldErrors() };
    this.owners.set(transaction, owners.set(field, owner));
    return owner;
  }
}

/** The field that accepts a number, but no string. */
const TIME = 'hold_until';

/** Applies to exact numbers too: they may have been rounded before they were written. */
function roundedMessage(digits: number): string {
  return digits > NUMBER_DIGITS_MAX
    ? `has ${digits} significant digits and may have been rounded: send it as a string`
    : 'is a number that a 64-bit double would change: send it as a string';
}

function changedMessage(field: string, becomes: string | undefined): string {
  const message = `is a number that would be stored as ${becomes}`;
  return field === TIME ? message : `${message}: send it as a string`;
}

/** The maximum characters of a key in a path: a hundred paths with a key of a megabyte would take a hundred megabytes. */
const KEY_MAX = 160;

/** `information.list[3].x` */
function pathText(field: string, inside: readonly (string | number)[]): string {
  return inside.reduce<string>(
    (path, key) => (typeof key === 'number' ? `${path}[${key}]` : `${path}.${key.slice(0, KEY_MAX)}`),
    field.slice(0, KEY_MAX),
  );
}
