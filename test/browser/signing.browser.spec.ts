/** Signing in the browser: wallets made and opened in the page, transfers and holds sent from it, and no key that leaves it. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { keyFileText } from '../../src/cli/wallet/key-file.js';
import { axeFindings } from '../support/axe.js';
import { ALICE } from '../support/chain-builder.js';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const PASSPHRASE = 'correct horse battery';
/** Alice’s, in the test builder. */
const SEED = 'a1'.repeat(32);
const CHEAP = { n: 2 ** 14, r: 8, p: 1 };

describeInBrowser('signing in the explorer', () => {
  let browser: Browser;
  let producer: NodeProcess;
  let file: string;

  beforeAll(async () => {
    producer = await startNode(
      producerIn(temporaryFolder(), {
        WALLET_POLICY: 'signed',
        WALLET_ALLOCATIONS: JSON.stringify([{ address: ALICE.address, amount: '1000000' }]),
        FEE_RATE: '0.01',
      }),
    );
    file = await keyFileText(Buffer.from(SEED, 'hex'), PASSPHRASE, CHEAP);
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

  const open = async (page: Page, text: string, passphrase = PASSPHRASE): Promise<void> => {
    await page.getByLabel('Passphrase of the wallet').fill(passphrase);
    await page
      .getByLabel('Open a wallet’s file')
      .setInputFiles({ name: 'wallet.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  };
  const send = async (page: Page, to: string, amount: string, minutes = ''): Promise<void> => {
    const form = page.getByRole('form', { name: 'Sign and send' });
    await form.getByLabel('To').fill(to);
    await form.getByLabel('Amount in AKA').fill(amount);
    await form.getByLabel(/^Held for minutes/).fill(minutes);
    await form.getByRole('button', { name: 'Sign and send' }).click();
  };

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)(
    '%s, %i wide: a new wallet gets a transfer and a hold, and answers the hold',
    async (theme, width) => {
      const { page } = await visit(browser, `${producer.url}/explorer/try`, { theme, width });
      const bodies: string[] = [];
      page.on('request', (request) => bodies.push(request.url() + (request.postData() ?? '')));
      await page.getByRole('button', { name: 'Open or make a wallet' }).click();
      await page.getByLabel('Passphrase of the wallet').fill(PASSPHRASE);
      expect(await axeFindings(page)).toEqual([]);
      const saving = page.waitForEvent('download', { timeout: 60_000 });
      await page.getByRole('button', { name: 'Or make a new wallet' }).click();
      const made = readFileSync(await (await saving).path(), 'utf8');
      const { address } = JSON.parse(made) as { address: string };
      await page.getByRole('button', { name: 'Close' }).click();

      await open(page, file, 'not this one');
      await page.getByText('The passphrase is wrong').waitFor();
      await open(page, file);
      await page.getByText(ALICE.address).first().waitFor();
      await send(page, address, '100');
      await page.getByText('Signed here, and accepted').waitFor();
      await send(page, address, 'much');
      await page.getByRole('alert').filter({ hasText: 'amount' }).waitFor();
      await send(page, address, '50', '60');
      await page.getByText('Signed here, and accepted').waitFor();
      await call(`${producer.url}/mine`);
      await page.getByRole('button', { name: 'Close' }).click();

      await open(page, made);
      await page.getByText('Waiting for your answer').waitFor({ timeout: 60_000 });
      await page.getByText('49.5').first().waitFor();
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      expect(await axeFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Accept' }).click();
      await page.getByText('Signed here, and accepted').waitFor();
      await page.getByText('Waiting for your answer').waitFor({ state: 'detached' });
      const { body } = await call(`${producer.url}/wallets/${address}`);
      expect(body).toMatchObject({ balance: '148.5' });
      // Neither the key nor its passphrase was in any request.
      expect(bodies.length).toBeGreaterThan(5);
      expect(bodies.filter((text) => text.includes(PASSPHRASE) || text.includes(SEED))).toEqual([]);
    },
  );

  test('the wallet is gone with the page, and a file that is none is refused', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer/try`);
    await page.getByRole('button', { name: 'Open or make a wallet' }).click();
    await open(page, file);
    await page.getByRole('button', { name: 'Close' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Open or make a wallet' }).click();
    await page.getByLabel('Passphrase of the wallet').waitFor();
    expect(await page.getByRole('button', { name: 'Close' }).count()).toBe(0);
    await open(page, '{}');
    await page.getByText('This is not a wallet of version 1').waitFor();
  });
});
