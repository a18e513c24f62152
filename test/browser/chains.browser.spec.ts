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

const titled = (page: Page, title: string): Promise<unknown> =>
  page.waitForFunction((expected) => document.title === expected, title);

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

  const here = (page: Page): Promise<string[]> => page.locator('.nav [aria-current]').allTextContents();

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
      await page.getByText('Amount (T3)').waitFor({ state: 'attached' });
      await titled(page, 'Transactions of token-3 · bpsc explorer');
      expect(await here(page)).toEqual(['Transactions']);
      expect(await violations(page)).toEqual([]);
      await page.goBack();
      await page.getByText('No transactions yet').waitFor();
      expect(await page.getByLabel('Chain', { exact: true }).inputValue()).toBe('token-0');
      await page.getByRole('link', { name: 'Records' }).click();
      await page.getByLabel('Chain', { exact: true }).selectOption('records-5');
      expect(await here(page)).toEqual(['Records']);
      await page.locator('td[data-name="State"]').getByText('pending').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.locator('td[data-name="Id"] a').first().click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(page.url()).toContain(`${node.url}/explorer/chains/records-5/information/`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    },
  );

  it('goes from list to list by keyboard alone', async () => {
    const { page } = await visit(browser, `${node.url}/explorer/transactions`);
    const choice = page.getByLabel('Chain', { exact: true });
    await choice.focus();
    for (const name of ['token-1', 'token-3', 'token-4']) {
      await page.keyboard.press('ArrowDown');
      await page.waitForURL(`**/explorer/chains/${name}/transactions`);
      expect(await choice.inputValue()).toBe(name);
    }
    expect(await choice.evaluate((select) => select === document.activeElement)).toBe(true);
    // Elsewhere the heading has the focus, as after any link.
    await page.getByRole('link', { name: 'Blocks of token-4' }).click();
    await page.getByRole('heading', { name: 'token-4', level: 1 }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await page.getByRole('link', { name: 'transactions', exact: true }).click();
    await page.waitForURL('**/explorer/chains/token-4/transactions');
  });

  it('begins each list with its newest page', async () => {
    const transactions = Array.from({ length: 51 }, (_, at) => ({
      sender: `pat-${at}`,
      recipient: 'quinn',
      amount: '1',
    }));
    const { body } = await call(`${node.url}/chains/token-10/transactions/batch`, { transactions });
    expect(body.accepted).toBe(51);
    const { page } = await visit(browser, `${node.url}/explorer/chains/token-10/transactions`);
    await page.getByRole('link', { name: 'pat-50' }).waitFor();
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByRole('link', { name: 'pat-0', exact: true }).waitFor();
    await page.getByLabel('Chain', { exact: true }).selectOption('token-0');
    await page.waitForURL('**/explorer/transactions');
    await page.getByLabel('Chain', { exact: true }).selectOption('token-10');
    await page.getByRole('link', { name: 'pat-50' }).waitFor();
  });

  it('says which chain the supply on the overview is of', async () => {
    const { page } = await visit(browser, node.url);
    await page.getByRole('heading', { name: 'Tokens of token-0' }).waitFor();
    await page.locator('[aria-labelledby=tokens]').getByRole('link', { name: 'token-0' }).click();
    // The first chain's lists are at the short addresses.
    await page.getByRole('link', { name: 'transactions', exact: true }).click();
    await page.waitForURL(`${node.url}/explorer/transactions`);
  });

  it('shows each token chain’s supply on its page', async () => {
    await call(`${node.url}/chains/token-9/transactions`, {
      sender: 'gina',
      recipient: 'hal',
      amount: '1000000',
      nonce: 'supply',
    });
    const { page } = await visit(browser, `${node.url}/explorer/chains/token-9`);
    await page
      .locator('[aria-labelledby=tokens] .tile', { hasText: 'Fees collected' })
      .getByText('50 T9')
      .waitFor();
    await page.locator('[aria-labelledby=tokens]').getByRole('link', { name: 'bpsc_wallet_address' }).click();
    await page.waitForURL('**/explorer/chains/token-9/wallets/bpsc_wallet_address');
    await page.goBack();
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
    const answer = page.getByText(/Transaction will be added to Block/);
    await answer.waitFor();
    // Another chain's form keeps what was typed, and not what came of it.
    await page.getByLabel('Token chain').selectOption('token-7');
    await page.getByLabel('Amount in T7').waitFor();
    expect(await answer.count()).toBe(0);
    expect(await page.getByLabel('From').inputValue()).toBe(`ida-${width}`);
    await page.getByLabel('Token chain').selectOption('token-6');
    await page.getByRole('button', { name: 'Seal token-6 now' }).click();
    await page.getByRole('link', { name: /^Block \d+ of token-6$/ }).waitFor();
    await page.getByLabel('Information chain').selectOption('records-8');
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByText(/information will be added to Block/).waitFor();
    await page.getByRole('button', { name: 'Seal records-8 now' }).click();
    await page.getByRole('link', { name: /^Block \d+ of records-8$/ }).waitFor();
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
    await page.getByRole('link', { name: 'token-9' }).click();
    await page.waitForURL('**/explorer/chains/token-9');
  });

  it.each([
    ['token', 'Token chain', 'Transactions', 'Records'],
    ['information', 'Information chain', 'Records', 'Transactions'],
  ])('has no page for what chains of the kind %s alone do not have', async (kind, title, has, lacks) => {
    const chains = JSON.stringify([{ kind, name: 'only' }]);
    const one = await startNode(producerIn(temporaryFolder(), { CHAINS: chains }));
    const { page } = await visit(browser, one.url);
    const navigation = page.getByRole('navigation', { name: 'Pages' });
    await navigation.getByRole('link', { name: title }).waitFor();
    expect(await navigation.getByRole('link', { name: has }).count()).toBe(1);
    expect(await navigation.getByRole('link', { name: lacks }).count()).toBe(0);
  });
});
