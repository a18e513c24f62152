/** A receipt, from the button on its entry's page to the page that checks it. */
import { readFileSync } from 'node:fs';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

describeInBrowser('a receipt', () => {
  let browser: Browser;
  let node: NodeProcess;
  let other: NodeProcess;
  let id: string;
  let record: string;

  beforeAll(async () => {
    node = await startNode(producerIn(temporaryFolder()));
    other = await startNode(producerIn(temporaryFolder()));
    const transfer = { sender: 'alice', recipient: 'bob', amount: '1000000', memo: 'rent' };
    id = ((await call(`${node.url}/transactions/new`, transfer)).body.transaction as { id: string }).id;
    const information = { degree: 'BSc', student: 'Ada' };
    record = (await call(`${node.url}/information/new`, { information })).body.id as string;
    await call(`${node.url}/mine`);
    await call(`${node.url}/information/mine`, undefined, { method: 'POST' });
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

  const receiptOf = async (entry: string): Promise<string> =>
    (await fetch(`${node.url}/receipts/${entry}`)).text();
  const choose = (page: Page, text: string): Promise<void> =>
    page
      .locator('#receipt')
      .setInputFiles({ name: 'x.tlog-proof', mimeType: 'text/plain', buffer: Buffer.from(text) });

  it('is downloaded from the page of its entry', async () => {
    const { page } = await visit(browser, `${node.url}/explorer/transactions/${id}`);
    const button = page.getByRole('link', { name: 'Receipt', exact: true });
    const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
    expect(download.suggestedFilename()).toBe('aka-0.tlog-proof');
    expect(readFileSync(await download.path(), 'utf8')).toBe(await receiptOf(id));
  });

  it.each([1200, 390])('is checked in the browser, and shown in words, %d px wide', async (width) => {
    const { page } = await visit(browser, `${node.url}/explorer/receipt`, { width });
    await choose(page, await receiptOf(id));
    await page.getByText('Proven: a transaction (transfer), entry 0 of 1').waitFor();
    await page.getByText('rent').waitFor();
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    expect(violations.map((violation) => violation.id)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await choose(page, (await receiptOf(id)).replace('index 0', 'index 1'));
    await page.getByText('Not proven').waitFor();
  });

  it('travels in a link, and needs its chain’s key on another node', async () => {
    const text = await receiptOf(record);
    const link = `${other.url}/explorer/receipt#${Buffer.from(text).toString('base64url')}`;
    const { page } = await visit(browser, link);
    await page.getByText('for which no key is trusted here').waitFor();
    const { chains } = (await call(`${node.url}/chains`)).body as { chains: { verifier_key: string }[] };
    await page.getByLabel('Verifier key').fill(chains[1]?.verifier_key ?? '');
    await page.getByText('Proven: a record, entry 0 of 1').waitFor();
    await page.getByText('"degree": "BSc"').waitFor();
  });
});
