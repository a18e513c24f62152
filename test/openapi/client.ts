/** Uses the clients that openapi-typescript generates from both roles' documents. It is compiled, not run. */
import createClient from 'openapi-fetch';
import type { components, paths as ProducerPaths } from './producer.js';
import type { paths as FollowerPaths } from './follower.js';

const producer = createClient<ProducerPaths>({ baseUrl: 'http://127.0.0.1:5000' });
const follower = createClient<FollowerPaths>({ baseUrl: 'http://127.0.0.1:5001' });

export async function pay(): Promise<string | undefined> {
  const body = { sender: 'alice', recipient: 'bob', amount: '1000000' };
  const { data, error } = await producer.POST('/transactions/new', { body });
  if (error !== undefined) throw new Error(`${error.code}: ${error.detail}`);
  return data.transaction.amount_receive;
}

export async function record(): Promise<number> {
  for (const information of [{ any: ['thing'] }, ['list'], 'text', 1.5, true, null]) {
    await producer.POST('/information/new', { body: { information } });
  }
  const { data } = await producer.POST('/information/mine');
  return data === undefined ? 0 : data.information.length;
}

export async function batch(): Promise<readonly string[]> {
  const transactions = [{ sender: 'alice', recipient: 'bob', amount: 1 }];
  const { data } = await producer.POST('/transactions/batch', { body: { transactions } });
  return (data?.results ?? []).map((result) =>
    'error' in result ? result.error.code : result.transaction.id,
  );
}

/** What a chain's contract says depends on its kind. */
export function feeOf(chain: components['schemas']['ChainDto']): string | undefined {
  const { contract } = chain;
  return contract.kind === 'token' ? contract.fee.rate : undefined;
}

export async function read(): Promise<unknown> {
  const { data } = await follower.GET('/chains/{name}/blocks/{index}', {
    params: { path: { name: 'aka', index: 1 } },
  });
  if (data === undefined) return undefined;
  const entries = 'transactions' in data ? data.transactions.length : data.information.length;
  const chain = await follower.GET('/smart/chain', { params: { query: { from: 1, limit: 10 } } });
  const transaction = await follower.GET('/transactions/{id}', { params: { path: { id: data.hash } } });
  const ended: string | undefined = transaction.data?.ended_by?.type;
  // The same route also gives lines, each of which is a block.
  const blocks = chain.data !== undefined && 'smart chain' in chain.data ? chain.data['smart chain'] : [];
  return [entries, blocks.length, chain.error, ended];
}

export async function forget(): Promise<readonly string[] | undefined> {
  const { data } = await producer.DELETE('/nodes', { body: { nodes: ['127.0.0.1:5001'] } });
  return data?.removed;
}
