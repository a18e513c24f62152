/** From the bodies of requests to accepted entries and their answers. */
import { Injectable } from '@nestjs/common';
import { readDto, type DtoClass } from '../http/dto-reader.js';
import { FieldErrors, InvalidInput } from '../ledger/errors.js';
import { BatchRefusals } from './batch-refusals.js';
import { NewInformationDto } from './dto/new-information.dto.js';
import {
  AnswerDto,
  NewIssueDto,
  NewTransactionDto,
  NewTransactionsDto,
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
import { nonceOf, refuseForBatch } from './idempotency.js';
import type { Accepted, Outcome } from './intake.js';
import { Producer } from './producer.js';

/** A body is what came, whatever that is; `key` is the header Idempotency-Key. */
@Injectable()
export class AcceptingService {
  constructor(private readonly producer: Producer) {}

  /** @throws InvalidInput, RuleViolation, Unavailable */
  async transaction(body: unknown, key: string | undefined): Promise<Accepted> {
    const { tokenContract } = this.producer;
    return this.one(
      read(NewTransactionDto, body, key, (request, wrong) => draftTransfer(request, tokenContract, wrong)),
    );
  }

  /** @throws InvalidInput, RuleViolation, Unavailable */
  async issue(body: unknown, key: string | undefined): Promise<Accepted> {
    const { tokenContract } = this.producer;
    return this.one(
      read(NewIssueDto, body, key, (request, wrong) => draftIssue(request, tokenContract, wrong)),
    );
  }

  /**
   * @param transfer the id of the hold, as it came
   * @throws InvalidInput, RuleViolation, Unavailable
   */
  async answer(
    type: 'accept' | 'decline',
    transfer: string,
    body: unknown,
    key: string | undefined,
  ): Promise<Accepted> {
    const { tokenContract } = this.producer;
    return this.one(
      read(AnswerDto, body, key, (request, wrong) =>
        draftAnswer(type, { ...request, transfer }, tokenContract, wrong),
      ),
    );
  }

  /** @throws InvalidInput, RuleViolation, Unavailable */
  async information(body: unknown, key: string | undefined): Promise<Accepted> {
    return this.one(
      read(NewInformationDto, body, key, ({ information, nonce }, wrong) =>
        draftInformation(information, nonce, wrong),
      ),
    );
  }

  /**
   * Those that are right are accepted, in one commit.
   * @returns what became of each, in order
   * @throws InvalidInput when the body is no batch, or is long and has nothing that is well-formed
   * @throws Unavailable when none can be accepted
   */
  async transactions(body: unknown, key: string | undefined): Promise<readonly (Accepted | RefusalDto)[]> {
    const wrong = new FieldErrors();
    const { transactions } = readDto(NewTransactionsDto, body, wrong);
    refuseForBatch(key, wrong);
    wrong.throwIfAny();
    const refusals = new BatchRefusals();
    const drafts = transactions.map((request, place) => this.draft(request, place, refusals));
    const good = drafts.filter((draft): draft is TransactionDraft => 'kind' in draft);
    if (good.length === 0) refusals.throwIfMany();
    const outcomes = good.length === 0 ? [] : await this.producer.submit('token', good);
    let next = 0;
    return drafts.map((draft, place) => {
      if (!('kind' in draft)) return draft;
      const outcome = outcomes[next++];
      return outcome instanceof Error ? refusals.add(outcome, place) : acceptedOf(outcome);
    });
  }

  private async one(draft: Draft): Promise<Accepted> {
    const [outcome] = await this.producer.submit(draft.kind, [draft]);
    return acceptedOf(outcome);
  }

  private draft(request: unknown, place: number, refusals: BatchRefusals): TransactionDraft | RefusalDto {
    try {
      if (typeof request !== 'object' || request === null || Array.isArray(request)) {
        throw new InvalidInput([{ field: '', message: 'must be a transaction' }]);
      }
      const wrong = new FieldErrors();
      return draftTransfer(readDto(NewTransactionDto, request, wrong), this.producer.tokenContract, wrong);
    } catch (error) {
      if (error instanceof InvalidInput) return refusals.add(error, place);
      throw error;
    }
  }
}

/** @throws InvalidInput that names everything which is wrong, in the body, the header and by the contract */
function read<T extends { nonce?: string }, D extends Draft>(
  type: DtoClass<T>,
  body: unknown,
  key: string | undefined,
  draft: (request: Omit<T, 'nonce'> & { nonce: string | undefined }, wrong: FieldErrors) => D,
): D {
  const wrong = new FieldErrors();
  const request = readDto(type, body, wrong);
  return draft({ ...request, nonce: nonceOf(request.nonce, key, wrong) }, wrong);
}

function acceptedOf(outcome: Outcome | undefined): Accepted {
  if (outcome === undefined || outcome instanceof Error) throw outcome ?? new TypeError('no outcome');
  return outcome;
}
