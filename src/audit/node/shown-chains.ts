/** Reads the chains that a node shows, each by itself: an unreadable one doesn't affect the others. */
import { UnexpectedAnswerError } from '../../client/errors.js';
import { readItems, readRole, type ChainItem, type NodeChains } from '../../client/node-chains.js';
import { AnswerFields, parseObject } from '../../client/reading.js';
import { ADVERTISEMENT_BYTES_MAX } from '../../ledger/advertisement.js';
import { NodeUnreachable, NotANode, type NodeClient } from '../../peer/node-client.js';

export interface Shown {
  readonly role: NodeChains['role'];
  /** in the node's order */
  readonly chains: readonly ChainItem[];
}

const PATH = '/chains';
const NAMELESS = 'a chain without a name';

/** @throws NodeUnreachable, also if the answer is not one that a node gives */
export async function readShown(client: NodeClient): Promise<Shown> {
  const { status, text } = await client.text(PATH, ADVERTISEMENT_BYTES_MAX);
  if (status !== 200) {
    // A busy node, or a proxy in front of a missing one, may answer so for a while.
    const isBusy = status === 429 || status >= 500;
    const reason = `answers with status ${status}`;
    throw isBusy ? new NodeUnreachable(client.url, PATH, reason) : new NotANode(client.url, PATH, reason);
  }
  try {
    const answer = new AnswerFields(PATH, parseObject(text, PATH));
    const chains = readItems(answer).map((item) => (item.name === '' ? { ...item, name: NAMELESS } : item));
    return { role: readRole(answer), chains };
  } catch (error) {
    if (!(error instanceof UnexpectedAnswerError)) throw error;
    const what = error.message.replace(/^\/chains answers (?:as no node does: )?/, '');
    throw new NotANode(client.url, PATH, `answers as no node does: ${what}`);
  }
}
