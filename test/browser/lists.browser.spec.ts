/** Lists of entries: what they show, what is copied from them, and how they fit into narrow windows. */
import type { Browser, Page } from 'playwright-core';
import { axeFindings } from '../support/axe.js';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const LIKE_PAYPAL = 'раypal';
const ADDRESS = `bp1${'q'.repeat(30)}zyxwvutsrq`;
const LONG = 'a name that is too long for any list, up to its end';
const AMOUNT = '1234567.123456789';
const MEMO = 'Invoice 2026-11 for the course on distributed systems';

describeInBrowser('lists of the explorer', () => {
  let browser: Browser;
  let producer: NodeProcess;

  const send = async (sender: string, recipient: string, more: object = {}): Promise<string> => {
    const { body } = await call(`${producer.url}/transactions/new`, {
      sender,
      recipient,
      amount: AMOUNT,
      ...more,
    });
    return (body.transaction as { id: string }).id;
  };

  beforeAll(async () => {
    producer = await startNode(producerIn(temporaryFolder()));
    await send('alice', 'bob', { memo: MEMO });
    await send(ADDRESS, LONG);
    await call(`${producer.url}/information/new`, { information: { student: { id: 42 }, grades: [1, 2] } });
    await call(`${producer.url}/mine`);
    await call(`${producer.url}/information/mine`, '');
    await send(LIKE_PAYPAL, ADDRESS);
    await send('mint', 'alice', { amount: '123456789012345678901.5' });
    await call(`${producer.url}/information/new`, { information: 'waits' });
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

  const texts = (page: Page, table: string, column: string): Promise<string[]> =>
    page.locator(`[aria-labelledby=${table}] tbody td[data-name=${column}]`).allInnerTexts();

  /** What the clipboard has after everything in an element was selected and copied. */
  const copied = async (page: Page, selector: string): Promise<string> => {
    await page.evaluate((wanted) => {
      const element = document.querySelector(wanted);
      if (element !== null) getSelection()?.selectAllChildren(element);
    }, selector);
    await page.keyboard.press('Control+C');
    return page.evaluate(() => navigator.clipboard.readText());
  };

  test('the overview has the newest transactions and records, with their blocks and memos', async () => {
    const { page } = await visit(browser, producer.url);
    await page.getByRole('heading', { name: 'Latest transactions' }).waitFor();
    await page.locator('[aria-labelledby=latest-transactions] tbody tr').nth(3).waitFor();
    expect(await texts(page, 'latest-transactions', 'From')).toEqual(['mint', LIKE_PAYPAL, ADDRESS, 'alice']);
    expect(await texts(page, 'latest-transactions', 'Block')).toEqual(['3', '3', '2', '2']);
    expect((await texts(page, 'latest-transactions', 'Memo')).at(-1)).toBe(MEMO);
    await page.locator('[aria-labelledby=latest-records] tbody tr').nth(1).waitFor();
    expect(await texts(page, 'latest-records', 'Information')).toEqual([
      '"waits"',
      '{ "grades": [ 1, 2 ], "student": { "id": 42 } }',
    ]);
    await send('carol', 'dora');
    await page.getByRole('link', { name: 'carol' }).waitFor();
    await page.locator('[aria-labelledby=latest-transactions] td[data-name=Block] a').last().click();
    await page.waitForURL('**/explorer/chains/aka/blocks/2');
    await page.getByRole('link', { name: 'Records', exact: true }).click();
    await page.waitForURL('**/explorer/information');
    await page.getByRole('link', { name: 'Token chain' }).click();
    await page.waitForURL('**/explorer/chains/aka');
  });

  test('amounts are rounded, and exact when pointed at, copied or opened', async () => {
    const { page, context } = await visit(browser, `${producer.url}/explorer/transactions`);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const amount = page.locator('tr:has-text("alice") td[data-name=Amount] .number').last();
    expect(await amount.innerText()).toBe('1,234,567.1235');
    expect(await amount.getAttribute('title')).toBe('Exactly 1,234,567.123456789');
    expect(await copied(page, 'tbody tr:last-child')).toContain(`alice\tbob\t${AMOUNT}\t${MEMO}\t2`);
    // The page is as it was.
    expect(await amount.innerText()).toBe('1,234,567.1235');
    await page.locator('tbody tr:last-child td[data-name=Id] a').click();
    await page.getByText('1,234,567.123456789').waitFor();
    await page.goto(`${producer.url}/explorer/transactions`);
    await page.getByText('1.2346 × 10²⁰').first().waitFor();
  });

  test('a long address has both ends, and is whole when copied, pointed at or opened', async () => {
    const { page, context } = await visit(browser, `${producer.url}/explorer/transactions`);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const name = page.locator('td[data-name=From] .address').first();
    const [box, end] = [await name.boundingBox(), await name.locator('.name-head').boundingBox()];
    if (box === null || end === null) throw new Error('the name is not shown');
    expect(box.width).toBeLessThan(220);
    // The last characters stand behind what is cut.
    expect(box.x + box.width - (end.x + end.width)).toBeGreaterThan(30);
    expect(await name.getAttribute('title')).toBe(ADDRESS);
    expect(await name.evaluate((element) => getComputedStyle(element).fontFamily)).toContain('monospace');
    expect(await copied(page, 'td[data-name=From] .address')).toBe(ADDRESS);
    await name.click();
    await page.getByRole('heading', { name: ADDRESS }).waitFor();
    await page.getByRole('button', { name: 'Copy address' }).first().click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(ADDRESS);
  });

  test('names that may be mistaken for others are marked, and explained on their page', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer/transactions`);
    const mark = page.getByRole('img', { name: 'Mixed scripts: Cyrillic and Latin letters in one name' });
    await mark.waitFor();
    expect(await page.locator('.confusable').count()).toBe(1);
    await page.getByRole('link', { name: LIKE_PAYPAL }).click();
    await page.getByText('This name may be mistaken for another').waitFor();
    expect(await page.locator('.note.warn code').allInnerTexts()).toEqual(['р U+0440', 'а U+0430']);
  });

  test.each([
    ['light', 390],
    ['dark', 768],
    ['light', 1280],
  ] as const)('%s, %i wide: no table is scrolled sideways, and axe finds nothing', async (theme, width) => {
    const { page } = await visit(browser, producer.url, { theme, width });
    const paths = ['/', '/explorer/transactions', '/explorer/information', '/explorer/chains/aka'];
    for (const path of [...paths, `/explorer/wallets/${encodeURIComponent(LIKE_PAYPAL)}`]) {
      await page.goto(producer.url + path);
      await page.locator('table.lines tbody tr').first().waitFor();
      const wide = await page.evaluate(() => [
        ...[...document.querySelectorAll('.narrows')].map((box) => box.scrollWidth - box.clientWidth),
        document.documentElement.scrollWidth - innerWidth,
      ]);
      expect([path, Math.max(...wide)]).toEqual([path, 0]);
      expect([path, await axeFindings(page)]).toEqual([path, []]);
    }
  });

  test('on a phone the header is low, and a transaction is a card of two lines', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer/transactions`, { width: 390 });
    expect((await page.locator('header.top').boundingBox())?.height).toBeLessThan(110);
    const top = async (name: string): Promise<number> => {
      const cell = page.locator('tbody tr').first().locator(`td[data-name=${name}]`);
      return Math.round((await cell.boundingBox())?.y ?? 0);
    };
    await page.locator('tbody tr').first().waitFor();
    expect(Math.abs((await top('From')) - (await top('Amount')))).toBeLessThan(6);
    expect(Math.abs((await top('Id')) - (await top('Time')))).toBeLessThan(6);
    expect((await top('Id')) - (await top('From'))).toBeGreaterThan(15);
    const heights = await page.locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.clientHeight));
    // The oldest has a memo, in a line of its own.
    for (const height of heights.slice(0, -1)) expect(height).toBeLessThan(76);
  });
});
