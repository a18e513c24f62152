/** Chains that are created while the node runs: their limits, and the line that is logged. */
import { Logger } from '@nestjs/common';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { ALLOCATIONS_MAX } from '../../chain/contract/wallet-policy.js';
import { SigningKey } from '../../keys/key-file.js';
import { BirthOptions, ChainBirths } from './chain-births.service.js';

let node: TestProducer;
let births: ChainBirths;
let log: jest.SpyInstance;
beforeEach(async () => {
  log = jest.spyOn(Logger.prototype, 'log').mockImplementation();
  node = await startTestProducer(temporaryFolder(), { API_TOKEN: 'a-token-of-this-test', CHAINS_MAX: '8' });
  const signer = SigningKey.read(node.config.keyFile) as SigningKey;
  births = new ChainBirths(new BirthOptions(node.config, signer), node.store, node.producer);
});
afterEach(async () => {
  log.mockRestore();
  await node.close();
});
afterAll(removeTemporary);

const allocations = Array.from({ length: ALLOCATIONS_MAX }, (_, i) => ({ address: `w${i}`, amount: '1' }));
const large = (name: string): object => ({ kind: 'token', name, wallets: { allocations } });
const names = (): readonly string[] => node.store.chains().map(({ name }) => name);

it('a chain is logged when it is made, and not when it is found again', () => {
  const { store } = births.create({ kind: 'token', name: 'gold' });
  expect(births.create({ kind: 'token', name: 'gold' }).repeated).toBe(true);
  expect(log.mock.calls).toEqual([[`new token chain gold: ${store.chain.id}`]]);
});

it('a chain with which followers could not read the list of chains is refused, and a shorter one is made', () => {
  for (let i = 0; i < 5; i++) births.create(large(`large-${i}`));
  expect(() => births.create(large('one-more'))).toThrow(
    /^there is no room for the chain: GET \/chains, the list that followers read, has at most /,
  );
  expect(names()).not.toContain('one-more');
  births.create({ kind: 'information', name: 'small' });
  expect(names()).toContain('small');
  expect(() => births.create({ kind: 'information', name: 'beyond' })).toThrow(
    'this node has 8 chains, as many as CHAINS_MAX allows',
  );
});
