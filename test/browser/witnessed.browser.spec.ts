/** The explorer of a producer whose witness cosigns: entries and blocks become witnessed while one looks at them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startNode,
  type NodeProcess,
} from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

describeInBrowser('what is witnessed', () => {
  let browser: Browser;
  let node: NodeProcess;

  beforeAll(async () => {
    const folder = temporaryFolder();
    const first = await startNode(producerIn(folder));
    const env = { WITNESS_NAME: 'w.example/1', WITNESS_KEY_FILE: path.join(folder, 'w.pem') };
    const witness = await startNode(followerIn(folder, first.url, env));
    const { verifier_key: key } = (await call(`${witness.url}/chains`)).body.witness as {
      verifier_key: string;
    };
    const policy = path.join(folder, 'policy');
    writeFileSync(policy, `witness w ${key} ${witness.url}\nquorum w\n`);
    await first.stop();
    node = await startNode(producerIn(folder, { WITNESSES: policy, PORT: new URL(first.url).port }));
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await killNodes();
    removeTemporary();
  });
  afterEach(async () => {
    expect(await closeVisits()).toEqual([]);
  });

  const transfer = async (nonce: string): Promise<string> => {
    const sent = { sender: 'alice', recipient: 'bob', amount: '1', nonce };
    return ((await call(`${node.url}/transactions/new`, sent)).body.transaction as { id: string }).id;
  };

  it('shows on the page of an entry and of its block, as soon as it is so', async () => {
    const id = await transfer('a');
    const { page } = await visit(browser, `${node.url}/explorer/transactions/${id}`);
    const fate = page.getByLabel('What became of it');
    await fate.getByText('Waiting').waitFor();
    expect(await fate.getByText('witnessed', { exact: true }).count()).toBe(0);
    await call(`${node.url}/mine`, {});
    await fate.getByText('witnessed', { exact: true }).waitFor();
    await page.goto(`${node.url}/explorer/chains/aka/blocks/2`);
    await page
      .getByRole('heading', { name: /^Block 2/ })
      .getByText('witnessed', { exact: true })
      .waitFor();
  });

  it('says of what waits that the witnesses are asked', async () => {
    const id = await transfer('b');
    const { page } = await visit(browser, `${node.url}/explorer/transactions/${id}`);
    await page.getByLabel('What became of it').getByText('Not witnessed yet').waitFor();
  });
});
