/** Sends blocks as responses, for the controllers of both roles. */
import type { FastifyReply } from 'fastify';
import type { SealedHeader } from '../../chain/block/block.js';
import { kindOf } from '../../chain/contract/kinds.js';
import {
  envelopeText,
  isWhole,
  ndjsonText,
  oneBlockText,
  pageOf,
  rangeOf,
  type BlockSource,
  type Envelope,
} from './block-text.js';
import type { ChainView } from './chain-reader.js';
import type { PageDto } from '../dto/page.dto.js';
import { hasCurrent, JSON_TYPE, LINES_TYPE, wantsNdjson } from '../requests/request.js';
import { addVary } from '../server/answer-headers.js';
import { sendPieces } from './text-stream.js';

/** For resources whose URL contains their hash. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';

/** The JSON around the blocks; the chain's length is always part of it. */
export type BlocksEnvelope = Pick<Envelope, 'before' | 'field' | 'extra'>;

/** `{…before, "field": [blocks], "length": N}`: the whole chain, or the requested page. */
export function sendChain(
  reply: FastifyReply,
  view: ChainView,
  page: PageDto,
  envelope: BlocksEnvelope,
): void {
  const source = isWhole(page) ? { ...view, kept: undefined } : view;
  const after = { length: view.head.index };
  const range = rangeOf(page, view.head.index);
  sendPieces(reply, JSON_TYPE, envelopeText(source, range, { ...envelope, after }));
}

/** Depending on the client's Accept header: a page of blocks as NDJSON, or what {@link sendChain} sends. */
export function sendChainOrLines(
  reply: FastifyReply,
  view: ChainView,
  page: PageDto,
  envelope: BlocksEnvelope,
): void {
  addVary(reply, 'Accept');
  if (!wantsNdjson(reply.request)) return sendChain(reply, view, page, envelope);
  sendPieces(reply, LINES_TYPE, ndjsonText(view, pageOf(page, view.head.index)));
}

/** One page of blocks and the start of the next page, or NDJSON. */
export function sendBlockPage(reply: FastifyReply, view: ChainView, page: PageDto, chain: string): void {
  addVary(reply, 'Accept');
  const { head } = view;
  const range = pageOf(page, head.index);
  if (wantsNdjson(reply.request)) return sendPieces(reply, LINES_TYPE, ndjsonText(view, range));
  const next = range.to < head.index ? range.to + 1 : null;
  const envelope = {
    before: { chain },
    field: 'blocks',
    after: { length: head.index, next_from: next },
  };
  sendPieces(reply, JSON_TYPE, envelopeText(view, range, envelope));
}

/**
 * Sends one sealed block. Under its chain's id it never changes; under a name, it may become the block of
 * another chain. If the content of entries may be erased, an ETag made from the header would not change, so
 * the block is always sent in full.
 */
export function sendBlock(
  reply: FastifyReply,
  source: BlockSource,
  header: SealedHeader,
  isNamedById: boolean,
): void {
  if (!kindOf(source.store.chain.contract).mayBeErased) {
    if (isNamedById) reply.header('cache-control', IMMUTABLE);
    if (isCurrent(reply, header)) {
      reply.code(304).send();
      return;
    }
  }
  const block = source.kept?.find(header);
  if (block !== undefined) reply.type(JSON_TYPE).send(block);
  else sendPieces(reply, JSON_TYPE, oneBlockText(source, header));
}

/** `{"message": …, …the block}`: the papers' answer after sealing a block. */
export function sendNewBlock(
  reply: FastifyReply,
  source: Omit<BlockSource, 'kept'>,
  header: SealedHeader,
  message: string,
): void {
  const extra = `"message":${JSON.stringify(message)},`;
  sendPieces(reply, JSON_TYPE, oneBlockText({ ...source, kept: undefined }, header, extra));
}

/** Sets an ETag made from the chain and the block's hash. @returns whether the client has it already */
export function isCurrent(reply: FastifyReply, { chain, hash }: SealedHeader): boolean {
  const etag = `"${chain}.${hash}"`;
  reply.header('etag', etag);
  return hasCurrent(reply.request, etag);
}
