/** The pages of the teaching chains in a real browser: the wallets, and the classroom with its seven nodes. */
import axe, { type AxeResults } from 'axe-core';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { call, killNodes, startNode, until, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const PHONE = 390;

async function expectAccessible(page: Page): Promise<void> {
  // A new block fades in: in between, its contrast is not the one that is meant.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

async function expectNoSideways(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
}

describeInBrowser('the teaching pages', () => {
  const folder = temporaryFolder();
  let browser: Browser;
  beforeAll(async () => {
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

  describe('wallets', () => {
    let client: NodeProcess;
    let node: NodeProcess;
    beforeAll(async () => {
      client = await startNode({ ROLE: 'pyverse-client' });
      node = await startNode({ ROLE: 'pyverse', DATABASE_URL: `file:${path.join(folder, 'pyverse.db')}` });
    });

    test('makes one, signs, and sends to a node, from the keyboard alone', async () => {
      const { page } = await visit(browser, client.url, {
        expected: new RegExp(`another host: ${node.url}/`),
      });
      await page.getByText('these keys and signatures are broken').waitFor();
      await page.getByRole('button', { name: 'Make a wallet' }).press('Enter');
      await page.getByText('Address (public key)').first().waitFor();
      await page.getByLabel('Recipient address').fill('bob');
      await page.getByLabel('Amount').fill('7');
      await page.getByLabel('Amount').press('Enter');
      await page.getByText('Signature for 7').first().waitFor();
      await page.getByLabel('Node', { exact: true }).fill(node.url);
      await page.getByRole('button', { name: 'Send' }).press('Enter');
      await page.getByText('Transaction will be added to Block 2').waitFor();
      expect((await call(`${node.url}/transactions/get`)).body).toMatchObject({
        transactions: [{ recipient_address: 'bob', value: '7' }],
      });
      await expectAccessible(page);
    });

    test('says what is wrong: no key, no signature, a key of another, no node', async () => {
      const { page } = await visit(browser, `${client.url}/make/transaction`, {
        width: PHONE,
        theme: 'dark',
        expected: /another host|status of 40[06]|ERR_(?:CONNECTION_REFUSED|UNSAFE_PORT)/,
      });
      await page.getByRole('button', { name: 'Sign' }).click();
      await page.getByText('sender_address must be a text').waitFor();
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('Sign a transaction first').waitFor();
      await page.getByRole('button', { name: 'Make a wallet' }).click();
      await page.getByText('Address (public key)').first().waitFor();
      await page.getByLabel('Recipient address').fill('<img src=x onerror=alert(1)>');
      await page.getByLabel('Sender address').fill('30819f');
      await page.getByRole('button', { name: 'Sign' }).click();
      await page.getByText('Signature for 5').first().waitFor();
      await page.getByLabel('Node', { exact: true }).fill(`${node.url}/`);
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('Invalid Transaction!').waitFor();
      await page.getByLabel('Node', { exact: true }).fill('http://127.0.0.1:9');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('does not answer').waitFor();
      await expectNoSideways(page);
      await expectAccessible(page);
    });
  });

  test('the classroom shows three networks as they live, adds load, and stops and starts a node', async () => {
    const classroom = await startNode({ ROLE: 'classroom' });
    const { page } = await visit(browser, classroom.url);
    const network = (name: string) => page.getByRole('region', { name });
    for (const name of ['Proof of work', 'Proof of stake', 'Smart blockchain']) {
      await network(name).getByText('blocks').first().waitFor();
    }
    const state = async (): Promise<{
      proof_of_work: { nodes: { length: number }[] };
      proof_of_stake: { length: number };
      bpsc: { nodes: { length: number; blocks: { transactions: number }[] }[] };
    }> => (await call(`${classroom.url}/state`)).body as never;

    await page.getByRole('button', { name: 'Add load: Smart blockchain' }).click();
    await page.getByText('somebody adds load').waitFor();
    await page.getByRole('button', { name: 'Stop follower 2' }).click();
    await page.getByRole('button', { name: 'Start follower 2' }).waitFor();
    await page.getByText('follower 2 is stopped').waitFor();
    await page.getByRole('button', { name: 'Stop validator 1' }).click();
    await page.getByRole('button', { name: 'Start validator 1' }).click();
    await page.getByRole('button', { name: 'Stop validator 1' }).waitFor();

    // Each network makes blocks: mined, won in the lottery, sealed and verified.
    await until(async () => (await state()).proof_of_work.nodes.every(({ length }) => length >= 3), 60_000);
    await until(async () => (await state()).proof_of_stake.length >= 2, 60_000);
    await until(
      async () => (await state()).bpsc.nodes[1]?.blocks.some(({ transactions }) => transactions > 10),
      60_000,
    );
    await page
      .getByText(/wins the lottery: block/)
      .first()
      .waitFor();
    await page
      .getByText(/has verified block/)
      .first()
      .waitFor();

    await page.getByRole('button', { name: 'Start follower 2' }).click();
    await until(async () => {
      const [producer, , follower] = (await state()).bpsc.nodes;
      return producer !== undefined && follower?.length === producer.length;
    }, 60_000);
    await expectAccessible(page);

    const phone = await visit(browser, classroom.url, { width: PHONE, theme: 'dark' });
    await phone.page.getByText('What happened').waitFor();
    await expectNoSideways(phone.page);
    await expectAccessible(phone.page);
    // First the pages: they would go on asking.
    expect(await closeVisits()).toEqual([]);
    expect(await classroom.stop('SIGTERM')).toBe(0);
  });
});
