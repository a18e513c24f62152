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
