/** How the controllers of both roles answer with blocks. */
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

/** For what its URL names by a hash. */
export const IMMUTABLE = 'public, max-age=31536000, immutable';

/** The JSON around the blocks; the chain's length is always part of it. */
export type BlocksEnvelope = Pick<Envelope, 'before' | 'field' | 'extra'>;

/** `{…before, "field": [blocks], "length": N}`: the whole chain, or the page that was asked for. */
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

/** As NDJSON, a page of blocks; as JSON, what {@link sendChain} sends. The client's Accept chooses. */
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

/** One page of blocks and where the next begins, or NDJSON. */
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
 * One sealed block. Under its chain's id it never changes; a name means the chain that has it here today. Where the
 * content of an entry may be erased, a tag made from the header would not change: the block is always sent again.
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

/** `{"message": …, …the block}`, as the papers answer when they have sealed one. */
export function sendNewBlock(
  reply: FastifyReply,
  source: Omit<BlockSource, 'kept'>,
  header: SealedHeader,
  message: string,
): void {
  const extra = `"message":${JSON.stringify(message)},`;
  sendPieces(reply, JSON_TYPE, oneBlockText({ ...source, kept: undefined }, header, extra));
}

/** Names the answer by the chain and the block's hash. @returns whether the client has it already */
export function isCurrent(reply: FastifyReply, { chain, hash }: SealedHeader): boolean {
  const etag = `"${chain}.${hash}"`;
  reply.header('etag', etag);
  return hasCurrent(reply.request, etag);
}
