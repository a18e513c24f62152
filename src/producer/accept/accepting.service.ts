/** Turns request bodies into accepted entries and their answers. */
import { Injectable } from '@nestjs/common';
import { readDto, type DtoClass } from '../../http/requests/dto-reader.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { AnyChainStore, InformationChainStore, TokenChainStore } from '../../ledger/chain-store.js';
import { FieldErrors, InvalidInput } from '../../ledger/errors.js';
import { BatchRefusals } from './batch-refusals.js';
import { NewErasureDto } from '../http/dto/new-erasure.dto.js';
import { NewInformationDto } from '../http/dto/new-information.dto.js';
import {
  AnswerDto,
  NewIssueDto,
  NewTransactionDto,
  NewTransactionsDto,
  type RefusalDto,
} from '../http/dto/new-transaction.dto.js';
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
import type { ChainProducer } from '../chain/chain-producer.js';
import { Producer } from '../chain/producer.js';

/** The body as received, not validated; `key` is the header Idempotency-Key. */
@Injectable()
export class AcceptingService {
  constructor(private readonly producer: Producer) {}

  /** @throws InvalidInput, RuleViolation, Unavailable */
  async transaction(store: TokenChainStore, body: unknown, key: string | undefined): Promise<Accepted> {
    const { contract } = store.chain;
    return this.one(
      store,
      read(NewTransactionDto, body, key, (request, wrong) => draftTransfer(request, contract, wrong)),
    );
  }

  /** @throws InvalidInput, RuleViolation, Unavailable */
  async issue(store: TokenChainStore, body: unknown, key: string | undefined): Promise<Accepted> {
    const { contract } = store.chain;
    return this.one(
      store,
      read(NewIssueDto, body, key, (request, wrong) => draftIssue(request, contract, wrong)),
    );
  }

  /**
   * @param transfer the id of the hold
   * @throws InvalidInput, RuleViolation, Unavailable
   */
  async answer(
    store: TokenChainStore,
    type: 'accept' | 'decline',
    transfer: Hash,
    body: unknown,
    key: string | undefined,
  ): Promise<Accepted> {
    const { contract } = store.chain;
    return this.one(
      store,
      read(AnswerDto, body, key, (request, wrong) =>
        draftAnswer(type, { ...request, transfer }, contract, wrong),
      ),
    );
  }

  /** @throws InvalidInput, RuleViolation, Unavailable */
  async information(store: InformationChainStore, body: unknown, key: string | undefined): Promise<Accepted> {
    return this.one(
      store,
      read(NewInformationDto, body, key, ({ information, nonce }, wrong) =>
        draftInformation(information, nonce, wrong),
      ),
    );
  }

  /**
   * @param erases the id of the record
   * @throws InvalidInput, RuleViolation, Unavailable
   */
  async erasure(
    store: InformationChainStore,
    erases: Hash,
    body: unknown,
    key: string | undefined,
  ): Promise<Accepted> {
    return this.one(
      store,
      // Without a body there is no reason.
      read(NewErasureDto, body ?? {}, key, ({ reason, nonce }, wrong) => {
        wrong.throwIfAny();
        return { type: 'erasure', erases, reason, nonce } as const;
      }),
    );
  }

  /**
   * Accepts the valid ones, in one commit.
   * @returns the outcome of each, in order
   * @throws InvalidInput if the body is not a batch, or is long and has nothing well-formed
   * @throws Unavailable if none can be accepted
   */
  async transactions(
    store: TokenChainStore,
    body: unknown,
    key: string | undefined,
  ): Promise<readonly (Accepted | RefusalDto)[]> {
    const wrong = new FieldErrors();
    const { transactions } = readDto(NewTransactionsDto, body, wrong);
    refuseForBatch(key, wrong);
    wrong.throwIfAny();
    const refusals = new BatchRefusals();
    const drafts = transactions.map((request, place) => this.draft(store, request, place, refusals));
    const good = drafts.filter(isDraft);
    if (good.length === 0) refusals.throwIfMany();
    const outcomes = good.length === 0 ? [] : await this.producerOf(store).submit(good);
    let next = 0;
    return drafts.map((draft, place) => {
      if (!isDraft(draft)) return draft;
      const outcome = outcomes[next++];
      return outcome instanceof Error ? refusals.add(outcome, place) : acceptedOf(outcome);
    });
  }

  private async one(store: AnyChainStore, draft: Draft): Promise<Accepted> {
    const [outcome] = await this.producerOf(store).submit([draft]);
    return acceptedOf(outcome);
  }

  private producerOf({ chain }: AnyChainStore): ChainProducer {
    return this.producer.chain(chain.id);
  }

  private draft(
    store: TokenChainStore,
    request: unknown,
    place: number,
    refusals: BatchRefusals,
  ): TransactionDraft | RefusalDto {
    try {
      if (typeof request !== 'object' || request === null || Array.isArray(request)) {
        throw new InvalidInput([{ field: '', message: 'must be a transaction' }]);
      }
      const wrong = new FieldErrors();
      return draftTransfer(readDto(NewTransactionDto, request, wrong), store.chain.contract, wrong);
    } catch (error) {
      if (error instanceof InvalidInput) return refusals.add(error, place);
      throw error;
    }
  }
}

/** @throws InvalidInput that names everything that is wrong, in the body, the header and by the contract */
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

function isDraft(draft: TransactionDraft | RefusalDto): draft is TransactionDraft {
  return 'content' in draft;
}
