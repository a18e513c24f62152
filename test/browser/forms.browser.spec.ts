/** The forms of the explorer, with good and bad input. */
import type { Browser, Page } from 'playwright-core';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

/** Chromium itself tells the console of every refusal that the forms show. */
const REFUSED = /Failed to load resource: the server responded with a status of (400|401|422)/;
const TOKEN = 'correct-horse-battery';

describeInBrowser('the forms', () => {
  let browser: Browser;
  let producer: NodeProcess;
  let guarded: NodeProcess;

  beforeAll(async () => {
    producer = await startNode(producerIn(temporaryFolder()));
    guarded = await startNode(producerIn(temporaryFolder(), { API_TOKEN: TOKEN }));
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

  const tryIt = async (node = producer): Promise<Page> =>
    (await visit(browser, `${node.url}/explorer/try`, { expected: REFUSED })).page;
  const errorAt = async (page: Page, field: string): Promise<string> => {
    const error = page.locator(`#${field}-error`);
    await error.waitFor();
    expect(await page.locator(`#${field}`).getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator(`#${field}`).getAttribute('aria-describedby')).toContain(`${field}-error`);
    return (await error.textContent()) ?? '';
  };

  test('send a transaction, show the answer, and lead to it', async () => {
    const page = await tryIt();
    await page.getByLabel('From').fill('李明');
    await page.getByLabel('To', { exact: true }).fill("o'neill");
    await page.getByLabel('Amount').fill('1000000');
    await page.getByLabel('Memo').fill('a "quoted" memo');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Transaction will be added to Block 2').waitFor();
    await page.getByText('999,950 will arrive, the fee is 50').waitFor();
    await page.locator('#send ~ .note a, .note.ok a').first().click();
    await page.getByText('promised to block 2').waitFor();
    await page.getByText('a "quoted" memo').first().waitFor();
  });

  test('say the same as a curl line, which a shell can take', async () => {
    const page = await tryIt();
    await page.getByLabel('To', { exact: true }).fill("o'neill");
    // With one chain of each kind there is nothing to choose.
    expect(await page.locator('main select').count()).toBe(0);
    const line = await page.locator('.curl pre').first().textContent();
    expect(line).toBe(
      `curl -X POST ${producer.url}/transactions/new -H 'Content-Type: application/json' ` +
        `-d '{"sender":"alice","recipient":"o'\\''neill","amount":"1000000"}'`,
    );
  });

  test('show what the node refuses at its field', async () => {
    const page = await tryIt();
    await page.getByLabel('From').fill('bob');
    await page.getByLabel('To', { exact: true }).fill('');
    await page.getByLabel('Nonce').fill('not a nonce');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    expect(await errorAt(page, 'recipient')).toBe('is missing');
    expect(await errorAt(page, 'nonce')).toMatch(/1 to 64/);
    expect(await page.locator('#sender-error').count()).toBe(0);

    await page.getByLabel('To', { exact: true }).fill('carol');
    await page.getByLabel('Nonce').fill('once');
    await page.getByLabel('Amount').fill('-5');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    expect(await errorAt(page, 'amount')).not.toBe('');
    expect(await page.locator('#nonce-error').count()).toBe(0);

    await page.getByLabel('To', { exact: true }).fill('bob');
    await page.getByLabel('Amount').fill('5');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    expect(await errorAt(page, 'recipient')).toMatch(/sender/);
    await page.getByLabel('From').fill('alice');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Transaction will be added to Block').waitFor();
    await page.getByLabel('Amount').fill('6');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    expect(await errorAt(page, 'nonce')).toMatch(/used/);
  });

  test('record information, as it was written', async () => {
    const page = await tryIt();
    await page.getByLabel('Information', { exact: true }).fill('{ "name": "محمد  <b>", "n": 1.50 }');
    expect(await page.locator('#record ~ *, .curl pre').allTextContents()).toContainEqual(
      expect.stringContaining(`'{"information":{"name":"محمد  <b>","n":1.50}}'`),
    );
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByText('information will be added to Block 2').waitFor();
    await page.locator('.note.ok a').click();
    await page.getByText('"محمد  <b>"').first().waitFor();
  });

  test.each([
    ['{"a":1,"a":2}', /duplicate/],
    ['{"a":', /JSON/],
    ['1e999', /double/],
  ])('refuse %s at the field', async (text, message) => {
    const page = await tryIt();
    await page.getByLabel('Information', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    expect(await errorAt(page, 'information')).toMatch(message);
  });

  test('seal now, and lead to the block', async () => {
    const page = await tryIt();
    const { length } = (await call(`${producer.url}/chains/information`)).body as { length: number };
    await page.getByRole('button', { name: 'Seal information now' }).click();
    await page.getByRole('link', { name: `Block ${length + 1} of information` }).click();
    await page.getByText('This block is valid').waitFor();
  });

  test('ask for the node’s token where it has one', async () => {
    const page = await tryIt(guarded);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByLabel('API token').fill(TOKEN);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Transaction will be added to Block 2').waitFor();
    expect(await page.locator('.curl pre').first().textContent()).toContain(
      '"Authorization: Bearer $API_TOKEN"',
    );
    expect(await page.content()).not.toContain(TOKEN);
  });

  test('work by keyboard alone', async () => {
    const page = await tryIt();
    await page.getByLabel('From').focus();
    for (const value of ['kim', 'lee', '12']) {
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(value);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByText('Transaction will be added to Block').waitFor();
    await page.goto(`${producer.url}/`);
    await page.locator('h1').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#main');
  });
});
