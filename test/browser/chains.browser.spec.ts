/** The explorer of a node with more chains than fit on cards. */
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { call, killNodes, producerIn, startNode, until, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const CHAINS = Array.from({ length: 12 }, (_, at) =>
  at % 3 === 2
    ? { kind: 'information', name: `records-${at}` }
    : { kind: 'token', name: `token-${at}`, symbol: `T${at}` },
);

describeInBrowser('the explorer of many chains', () => {
  let browser: Browser;
  let node: NodeProcess;

  beforeAll(async () => {
    node = await startNode(producerIn(temporaryFolder(), { CHAINS: JSON.stringify(CHAINS) }));
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

  const violations = async (page: Page): Promise<string[]> => {
    await page.evaluate(axe.source);
    const results = await page.evaluate<AxeResults>('axe.run()');
    return results.violations.map(({ id }) => id);
  };

  const names = (page: Page): Promise<string[]> => page.locator('td[data-name="Chain"] a').allTextContents();

  it('lists them, the most active first, and finds them by name', async () => {
    const transfer = { sender: 'alice', recipient: 'bob', amount: '1000' };
    expect((await call(`${node.url}/chains/token-7/transactions`, transfer)).status).toBe(201);
    const { page } = await visit(browser, node.url);
    await page.getByRole('heading', { name: '12 chains' }).waitFor();
    // What waits comes with the node's first report.
    await until(async () => (await names(page))[0] === 'token-7');
    await page.getByLabel('Order').selectOption('name');
    expect((await names(page)).slice(0, 2)).toEqual(['records-11', 'records-2']);
    await page.getByLabel('Find a chain').fill('token-1');
    expect(await names(page)).toEqual(['token-1', 'token-10']);
    await page.getByRole('link', { name: 'token-10', exact: true }).click();
    await page.getByRole('heading', { name: 'token-10', level: 1 }).waitFor();
  });

  it.each([1200, 390])('is as wide as its window of %d px, without a finding of axe', async (width) => {
    const { page } = await visit(browser, node.url, { width });
    await page.getByRole('heading', { name: '12 chains' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await violations(page)).toEqual([]);
  });

  it.each([1200, 390])(
    'lists the transactions and records of any chain, in a window of %d px',
    async (width) => {
      const transfer = { sender: 'erin', recipient: 'frank', amount: '7', nonce: 'listed' };
      const record = { information: { note: 'listed' }, nonce: 'listed' };
      await call(`${node.url}/chains/token-3/transactions`, transfer);
      await call(`${node.url}/chains/records-5/information`, record);
      const { page } = await visit(browser, `${node.url}/explorer/transactions`, { width });
      await page.getByLabel('Chain', { exact: true }).selectOption('token-3');
      await page.getByRole('link', { name: 'erin' }).first().waitFor();
      expect(page.url()).toBe(`${node.url}/explorer/chains/token-3/transactions`);
      expect(await violations(page)).toEqual([]);
      await page.goBack();
      await page.getByText('No transactions yet').waitFor();
      await page.getByRole('link', { name: 'Records' }).click();
      await page.getByLabel('Chain', { exact: true }).selectOption('records-5');
      await page.locator('td[data-name="Id"] a').first().click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(page.url()).toContain(`${node.url}/explorer/chains/records-5/information/`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    },
  );

  it('shows each token chain’s supply on its page', async () => {
    await call(`${node.url}/chains/token-9/transactions`, {
      sender: 'gina',
      recipient: 'hal',
      amount: '1000000',
      nonce: 'supply',
    });
    const { page } = await visit(browser, `${node.url}/explorer/chains/token-9`);
    await page.locator('#tokens ~ *, [aria-labelledby=tokens]').getByText('50').first().waitFor();
    await page.getByRole('link', { name: 'transactions', exact: true }).click();
    await page.getByRole('link', { name: 'gina' }).waitFor();
  });

  it.each([1200, 390])('sends to the chain that is chosen, in a window of %d px', async (width) => {
    const { page } = await visit(browser, `${node.url}/explorer/try`, { width });
    const line = page.locator('.curl pre').first();
    expect(await line.textContent()).toContain('/transactions/new ');
    await page.getByLabel('Token chain').selectOption('token-6');
    await page.getByLabel('From').fill(`ida-${width}`);
    expect(await line.textContent()).toContain('/chains/token-6/transactions ');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText(/Transaction will be added to Block/).waitFor();
    await page.getByRole('button', { name: 'Seal token-6 now' }).click();
    await page.getByRole('link', { name: /^Block \d+ of token-6$/ }).waitFor();
    await page.getByLabel('Information chain').selectOption('records-8');
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByText(/information will be added to Block/).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  it.each([1200, 390])('shows one wallet on all chains, in a window of %d px', async (width) => {
    for (const [chain, amount] of [
      ['token-0', '1000'],
      ['token-4', '2000'],
    ]) {
      const transfer = { sender: 'carol', recipient: 'dave', amount, nonce: `of-${chain}` };
      const { status } = await call(`${node.url}/chains/${chain}/transactions`, transfer);
      expect([chain, Math.floor(status / 100)]).toEqual([chain, 2]);
    }
    const { page } = await visit(browser, `${node.url}/explorer/wallets/carol`, { width });
    const table = page.locator('[aria-labelledby=on-all-chains] table');
    const rows = async (): Promise<string[][]> => {
      const all = await table.locator('tbody tr').all();
      return Promise.all(all.map((row) => row.locator('td').allInnerTexts()));
    };
    await table.waitFor();
    expect(await rows()).toEqual([
      ['token-0', 'T0', '−1,000', '0'],
      ['token-4', 'T4', '−2,000', '0'],
    ]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await violations(page)).toEqual([]);

    await page.getByRole('link', { name: 'token-4', exact: true }).click();
    await page.waitForURL('**/explorer/chains/token-4/wallets/carol');
    await page.locator('.balance').filter({ hasText: '2,000' }).waitFor();
    expect(await violations(page)).toEqual([]);

    // What it leads to is of the same chain.
    await page.locator('[aria-labelledby=history] td[data-name="Id"] a').first().click();
    await page.waitForURL('**/explorer/chains/token-4/transactions/*');
    await page.getByRole('link', { name: 'dave' }).click();
    await page.waitForURL('**/explorer/chains/token-4/wallets/dave');
    await page.getByRole('link', { name: 'token-0', exact: true }).click();
    await page.waitForURL('**/explorer/wallets/dave');
  });

  it('finds an entry of any chain', async () => {
    const transfer = { sender: 'erin', recipient: 'frank', amount: '5' };
    const { body } = await call(`${node.url}/chains/token-9/transactions`, transfer);
    const { id } = body.transaction as { readonly id: string };
    const { page } = await visit(browser, `${node.url}/explorer/search?q=${id}`);
    await page.waitForURL(`**/explorer/chains/token-9/transactions/${id}`);
    await page.getByRole('link', { name: 'erin' }).waitFor();
  });
});
