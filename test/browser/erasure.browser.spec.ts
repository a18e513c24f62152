/** The explorer on an erased record, its erasure, and the block that seals both. */
import type { Browser, Page } from 'playwright-core';
import axe, { type AxeResults } from 'axe-core';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

describeInBrowser('the explorer on an erased record', () => {
  let browser: Browser;
  let node: NodeProcess;
  let record: string;
  let erasure: string;

  beforeAll(async () => {
    node = await startNode(producerIn(temporaryFolder()));
    const made = await call(`${node.url}/information/new`, { information: { person: 'Ada' } });
    record = made.body.id as string;
    await call(`${node.url}/information/mine`, {});
    const erased = await call(`${node.url}/information/${record}/erase`, { reason: 'asked for' });
    erasure = erased.body.id as string;
    await call(`${node.url}/information/mine`, {});
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
  ] as const)('says when and why, and checks all of it: %s, %d px', async (theme, width) => {
    const { page } = await visit(browser, `${node.url}/explorer/information`, { theme, width });
    await page.getByText('erased', { exact: true }).waitFor();
    await page.getByText(`erases ${record.slice(0, 4)}`).waitFor();
    await page.goto(`${node.url}/explorer/information/${record}`);
    await page.getByText(/Erased on .*reason: asked for/).waitFor();
    await page.getByText('The id was recomputed from the fields.').waitFor();
    expect(await page.content()).not.toContain('Ada');
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.getByRole('link', { name: /^erasure / }).click();
    await page.getByRole('heading', { name: 'Erasure' }).waitFor();
    expect(page.url()).toContain(erasure);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: /in block 3/ }).click();
    await page.getByText('This block is valid').waitFor();
  });
});
