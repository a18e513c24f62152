/** The explorer of a follower that has a chain of its own beside those that it follows. */
import type { Browser, Page } from 'playwright-core';
import axe, { type AxeResults } from 'axe-core';
import path from 'node:path';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startNode,
  until,
  type NodeProcess,
} from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

describeInBrowser('the explorer of a follower with a private chain', () => {
  let browser: Browser;
  let producer: NodeProcess;
  let node: NodeProcess;

  beforeAll(async () => {
    const folder = temporaryFolder();
    producer = await startNode(producerIn(folder));
    node = await startNode(
      followerIn(folder, producer.url, {
        PRIVATE_CHAIN: 'notes',
        PRIVATE_CHAIN_KEY_FILE: path.join(folder, 'notes.pem'),
        INFORMATION_BLOCK_INTERVAL_MS: '',
        INFORMATION_BLOCK_MAX_ENTRIES: '',
      }),
    );
    await until(async () => {
      const { chains } = (await call(`${node.url}/chains`)).body as { chains: unknown[] };
      return chains.length === 3;
    });
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

  it.each([
    ['light', 1200],
    ['dark', 390],
  ] as const)('takes information for that chain, and for no other: %s, %d px', async (theme, width) => {
    const { page } = await visit(browser, `${node.url}/explorer/try`, { theme, width });
    await page.getByText('takes information for its own chain, notes').waitFor();
    await page.getByRole('link', { name: producer.url }).waitFor();
    expect(await page.locator('main select, #send').count()).toBe(0);
    await page.getByLabel('Information', { exact: true }).fill(`{"note":"in ${theme}"}`);
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByText(/information will be added to Block/).waitFor();
    await page.getByText('1 entry waits').waitFor();
    await page.getByRole('button', { name: 'Seal notes now' }).click();
    const block = page.getByRole('link', { name: /^Block \d+ of notes$/ });
    await block.waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await block.click();
    await page.getByText('This block is valid').waitFor();
    await page.goto(`${node.url}/explorer/information`);
    await page.getByText(`"in ${theme}"`).waitFor();
    expect(await page.getByLabel('Chain', { exact: true }).inputValue()).toBe('notes');
  });

  it('shows what waits on it, and of those that it follows what it verified last', async () => {
    const { page } = await visit(browser, node.url);
    await page.getByText('It seals one chain of its own, notes').waitFor();
    const card = (name: string) => page.locator(`[aria-labelledby=chain-${name}]`);
    await card('notes').getByText('0 waiting').waitFor();
    await call(`${node.url}/information/new`, { information: 'waits' });
    await card('notes').getByText('1 waiting').waitFor();
    expect(await card('notes').getByText('Last verified').count()).toBe(0);
    for (const name of ['aka', 'information']) {
      await card(name).getByText('Last verified').waitFor();
      expect(await card(name).getByText('waiting').count()).toBe(0);
    }
  });
});
