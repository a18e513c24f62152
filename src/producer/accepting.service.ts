/** From validated requests to accepted entries and their answers. */
import { Injectable } from '@nestjs/common';
import type { Hash } from '../chain/bytes.js';
import { answerTo } from '../http/problem.js';
import { StrictValidationPipe } from '../http/validation.js';
import { InvalidInput, RuleViolation } from '../ledger/errors.js';
import {
  NewTransactionDto,
  type AnswerDto,
  type NewIssueDto,
  type RefusalDto,
} from './dto/new-transaction.dto.js';
import {
  draftAnswer,
  draftInformation,
  draftIssue,
  draftTransfer,
  type Draft,
  type TransactionDraft,
} from './drafts.js';
import type { Accepted, Outcome } from './intake.js';
import { Producer } from './producer.js';

@Injectable()
export class AcceptingService {
  private readonly requests = new StrictValidationPipe();

  constructor(private readonly producer: Producer) {}

  /** @throws InvalidInput, RuleViolation, Unavailable */
  async transaction(request: NewTransactionDto, nonce: string | undefined): Promise<Accepted> {
    return this.one(draftTransfer({ ...request, nonce }, this.producer.tokenContract));
  }

  /** @throws InvalidInput, RuleViolation, Unavailable */
  async issue(request: NewIssueDto, nonce: string | undefined): Promise<Accepted> {
    return this.one(draftIssue({ ...request, nonce }, this.producer.tokenContract));
  }

  /**
   * @param transfer the id of the hold
   * @throws InvalidInput, RuleViolation, Unavailable
   */
  async answer(
    type: 'accept' | 'decline',
    transfer: Hash,
    request: AnswerDto,
    nonce: string | undefined,
  ): Promise<Accepted> {
    return this.one(draftAnswer(type, { ...request, transfer, nonce }, this.producer.tokenContract));
  }

  /** @throws InvalidInput, RuleViolation, Unavailable */
  async information(information: unknown, nonce: string | undefined): Promise<Accepted> {
    return this.one(draftInformation(information, nonce));
  }

  /**
   * Those that are right are accepted, in one commit.
   * @returns what became of each, in order
   * @throws Unavailable when none can be
   */
  async transactions(requests: readonly unknown[]): Promise<readonly (Accepted | RefusalDto)[]> {
    const drafts = requests.map((request) => this.draft(request));
    const good = drafts.filter((draft): draft is TransactionDraft => 'kind' in draft);
    const outcomes = good.length === 0 ? [] : await this.producer.submit('token', good);
    let next = 0;
    return drafts.map((draft) => ('kind' in draft ? resultOf(outcomes[next++]) : draft));
  }

  private async one(draft: Draft): Promise<Accepted> {
    const [outcome] = await this.producer.submit(draft.kind, [draft]);
    return acceptedOf(outcome);
  }

  private draft(request: unknown): TransactionDraft | RefusalDto {
    try {
      if (typeof request !== 'object' || request === null || Array.isArray(request)) {
        throw new InvalidInput([{ field: '', message: 'must be a transaction' }]);
      }
      return draftTransfer(this.requests.read(NewTransactionDto, request), this.producer.tokenContract);
    } catch (error) {
      return refusalOf(error);
    }
  }
}

function resultOf(outcome: Outcome | undefined): Accepted | RefusalDto {
  return outcome instanceof RuleViolation ? refusalOf(outcome) : acceptedOf(outcome);
}

function acceptedOf(outcome: Outcome | undefined): Accepted {
  if (outcome === undefined || outcome instanceof RuleViolation) throw outcome ?? new TypeError('no outcome');
  return outcome;
}

/** @throws what isn't the request's fault */
function refusalOf(error: unknown): RefusalDto {
  if (!(error instanceof InvalidInput) && !(error instanceof RuleViolation)) throw error;
  const { code, detail, errors } = answerTo(error);
  return errors === undefined ? { code, detail } : { code, detail, errors };
}
