import { COSIGNER, signatureBy } from '../../../test/support/golden-log.js';
import { OTHER_PRODUCER } from '../../../test/support/chain-builder.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import { parseCheckpoint } from '../../chain/note/checkpoint.js';
import { cosignedText } from '../../chain/note/cosignature.js';
import { parsePolicy, type Policy } from '../../chain/note/policy.js';
import { noteCosignature } from '../../chain/note/signed-note.js';
import { formatVerifierKey } from '../../chain/note/verifier-key.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { checkpointOf } from '../../ledger/checkpoints.js';
import { Cosignatures } from '../../ledger/cosignatures.js';
import type { NodeEvent } from '../../ledger/node-events.js';

const witness = `witness w ${formatVerifierKey(COSIGNER.key)}`;
const policyOf = (quorum: string): Policy => parsePolicy(`${witness}\nquorum ${quorum}`) as Policy;

let node: TestHttp | undefined;
afterEach(async () => {
  await node?.close();
});
afterAll(removeTemporary);

async function start(policy?: Policy): Promise<TestHttp> {
  node = await startTestHttp(policy === undefined ? {} : { policy });
  return node;
}

async function get(path: string): Promise<Record<string, unknown>> {
  const answer = await node?.app.inject({ method: 'GET', url: path });
  return JSON.parse(answer?.payload ?? '{}') as Record<string, unknown>;
}

/** The witness cosigns the newest checkpoint. */
function cosign(store: AnyChainStore): string | undefined {
  const signed = store.signedHead();
  const checkpoint = parseCheckpoint(signed === undefined ? '' : checkpointOf(store, signed));
  if (typeof checkpoint === 'string') throw new Error(checkpoint);
  const signature = signatureBy(OTHER_PRODUCER, cosignedText(7, checkpoint.note.text));
  const cosignature = noteCosignature(COSIGNER.key, { time: 7, signature });
  return node?.app.get(Cosignatures).take(store, checkpoint, [cosignature]);
}

async function transfer(nonce: string): Promise<string> {
  const outcome = await node?.producer.transfer({ nonce });
  if (outcome === undefined || !('entry' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.entry.id;
}

it('is accepted, then sealed, then witnessed: of a transaction, in lists and of a record', async () => {
  const { producer } = await start(policyOf('w'));
  const id = await transfer('a');
  expect(await get(`/transactions/${id}`)).toMatchObject({ status: 'pending', level: 'accepted' });
  await producer.token.seal();
  // Twice: what is final would be kept.
  expect(await get(`/transactions/${id}`)).toMatchObject({ status: 'sealed', level: 'sealed' });
  expect(await get(`/transactions/${id}`)).toMatchObject({ level: 'sealed' });
  expect(cosign(producer.tokenStore)).toBeUndefined();
  expect(await get(`/transactions/${id}`)).toMatchObject({ status: 'sealed', level: 'witnessed' });
  expect(await get('/transactions')).toMatchObject({ transactions: [{ level: 'witnessed' }] });
  await producer.inform({ n: 1 });
  await producer.information.seal();
  expect(await get('/information')).toMatchObject({ information: [{ level: 'sealed' }] });
  cosign(producer.informationStore);
  const { information } = (await get('/information')) as { information: { id: string }[] };
  expect(await get(`/information/${information[0]?.id}`)).toMatchObject({ level: 'witnessed' });
  const { chains } = (await get('/chains')) as { chains: { witnessed_size: number | null }[] };
  expect(chains.map((chain) => chain.witnessed_size)).toEqual([1, 1]);
});

it.each([
  ['without a policy', undefined],
  ['with a policy that asks for no quorum', policyOf('none')],
])('is never witnessed %s', async (_what, policy) => {
  const { producer } = await start(policy);
  const id = await transfer('a');
  await producer.token.seal();
  cosign(producer.tokenStore);
  expect(await get(`/transactions/${id}`)).toMatchObject({ level: 'sealed' });
});

it('is announced once for each checkpoint that the quorum cosigned', async () => {
  const { producer } = await start(policyOf('w'));
  const events: NodeEvent[] = [];
  producer.events.subscribe((event) => {
    if (event.type === 'witnessed') events.push(event);
  });
  await transfer('a');
  await producer.token.seal();
  cosign(producer.tokenStore);
  cosign(producer.tokenStore);
  expect(events).toMatchObject([{ type: 'witnessed', size: 1 }]);
});

it('shows in receipts: they are against the newest witnessed checkpoint where that covers the entry', async () => {
  const { producer } = await start(policyOf('w'));
  const receiptSize = async (id: string): Promise<string | undefined> => {
    const text = (await node?.app.inject({ method: 'GET', url: `/receipts/${id}` }))?.payload ?? '';
    return text.split('\n\n')[1]?.split('\n')[1];
  };
  const [a, b] = [await transfer('a'), 'b'];
  await producer.token.seal();
  cosign(producer.tokenStore);
  const second = await transfer(b);
  await producer.token.seal();
  // Twice: the second comes from memory.
  expect([await receiptSize(a), await receiptSize(a)]).toEqual(['1', '1']);
  expect([await receiptSize(second), await receiptSize(second)]).toEqual(['2', '2']);
  cosign(producer.tokenStore);
  expect([await receiptSize(a), await receiptSize(second)]).toEqual(['2', '2']);
  const { payload } = (await node?.app.inject({ method: 'GET', url: `/receipts/${a}?size=1` })) ?? {};
  expect(payload).toContain('\n1\n');
});
