/** The refusals within a batch, in an answer of bounded size. */
import { answerTo, describe } from '../../http/server/problem.js';
import { FieldErrors, InvalidInput, type RuleViolation } from '../../ledger/errors.js';
import type { RefusalDto } from '../http/dto/new-transaction.dto.js';

/** The maximum number of fields named by the refusals of one batch; further ones have only a code and a sentence. */
const FIELDS_NAMED_MAX = 300;
/** A longer batch without any well-formed transaction is refused as a whole. */
const MALFORMED_MAX = 100;

export class BatchRefusals {
  private named = 0;
  private malformed = 0;
  private readonly wrong = new FieldErrors();

  /** @param place of the transaction in its batch */
  add(error: InvalidInput | RuleViolation, place: number): RefusalDto {
    if (error instanceof InvalidInput) this.remember(error, place);
    const { code, detail, errors = [] } = answerTo(error);
    this.named += errors.length;
    if (this.named <= FIELDS_NAMED_MAX) return { code, detail, errors };
    return error instanceof InvalidInput
      ? { code, detail: describe(error.errors, error.omitted, 1) }
      : { code, detail };
  }

  /**
   * For a batch without any well-formed transaction.
   * @throws InvalidInput for a long one
   */
  throwIfMany(): void {
    if (this.malformed > MALFORMED_MAX) this.wrong.throwIfAny();
  }

  private remember({ errors, omitted }: InvalidInput, place: number): void {
    this.malformed++;
    this.wrong.omit(omitted);
    for (const { field, message } of errors) {
      if (this.wrong.isFull) this.wrong.omit();
      else this.wrong.add(`transactions[${place}]${field === '' ? '' : `.${field}`}`, message);
    }
  }
}
