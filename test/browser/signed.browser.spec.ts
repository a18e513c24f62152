/** The explorer on a chain whose wallets belong to keys: signatures that are checked, holds that are shown. */
import type { Browser } from 'playwright-core';
import { ALICE, BOB, leafHash, type Wire } from '../support/chain-builder.js';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { signedAnswer, signedMove } from '../support/signed-requests.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

/** `SIGNED_ENTRIES=10000` measures a full block. */
const ENTRIES = Number(process.env.SIGNED_ENTRIES ?? '600');

describeInBrowser('the explorer of a signed chain', () => {
  let browser: Browser;
  let producer: NodeProcess;
  let chain: string;
  let holdId: string;

  beforeAll(async () => {
    producer = await startNode(
      producerIn(temporaryFolder(), {
        WALLET_POLICY: 'signed',
        WALLET_ALLOCATIONS: JSON.stringify([{ address: ALICE.address, amount: '1000000' }]),
        FEE_RATE: '0.01',
      }),
    );
    const { chains } = (await call(`${producer.url}/chains`)).body as { chains: { id: string }[] };
    chain = chains[0]?.id ?? '';
    const hold = signedMove(ALICE, chain, {
      recipient: BOB.address,
      amount: '100',
      hold_until: Date.now() + 3_600_000,
    });
    const { body } = await call(`${producer.url}/transactions/new`, hold);
    holdId = (body.transaction as { id: string }).id;
    const transactions = Array.from({ length: ENTRIES - 1 }, () =>
      signedMove(ALICE, chain, { recipient: BOB.address, amount: '1' }),
    );
    const { accepted } = (await call(`${producer.url}/transactions/batch`, { transactions })).body;
    expect(accepted).toBe(ENTRIES - 1);
    await call(`${producer.url}/mine`);
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

  test('senders’ signatures are checked, all of them, by the browser’s own code', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer/chains/aka/blocks/2`);
    await page.getByText('This block is valid').waitFor({ timeout: 60_000 });
    expect(await page.locator('[data-step=holders]').textContent()).toContain(
      `${ENTRIES} of ${ENTRIES}, by WebCrypto`,
    );
    const said = (await page.locator('#check-box .note.ok').textContent()) ?? '';
    process.stdout.write(`${ENTRIES} signed transactions: checked in ${/in (\d+) ms/.exec(said)?.[1]} ms\n`);
  });

  test('a signature that is not its sender’s is red, also where the id is right again', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer`);
    await page.route('**/chains/aka/blocks/2', async (route) => {
      const answer = await route.fetch();
      const block = (await answer.json()) as { transactions: Wire[] };
      const [, second, third] = block.transactions as [Wire, Wire, Wire];
      second.signature = third.signature;
      second.id = leafHash(second).toString('hex');
      await route.fulfill({ response: answer, json: block });
    });
    await page.locator('a.block[href="/explorer/chains/aka/blocks/2"]').click();
    await page.locator('[data-step=holders][data-state=failed]').waitFor({ timeout: 60_000 });
    await page.getByText('The entry with sequence 1 is at fault').waitFor();
    expect(await page.locator('[data-step=root]').getAttribute('data-state')).toBe('waiting');
  });

  test('without WebCrypto, noble checks them', async () => {
    const { page, context } = await visit(browser, `${producer.url}/explorer`);
    await context.route('**/assets/worker-*.js', async (route) => {
      const answer = await route.fetch();
      const body = `Object.defineProperty(crypto, 'subtle', { value: undefined });\n${await answer.text()}`;
      await route.fulfill({ response: answer, body });
    });
    await page.goto(`${producer.url}/explorer/transactions/${holdId}`);
    await page.getByText('The sender’s signature is good (noble)').waitFor();
  });

  test('a hold is shown as held, then as what became of it', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer/transactions/${holdId}`);
    await page.getByRole('heading', { name: 'Held transfer' }).waitFor();
    await page.getByText('until the recipient answers').waitFor();
    await page.getByText('Arrives if accepted').waitFor();
    await page.getByText('The sender’s signature is good (WebCrypto)').waitFor();
    const answer = signedAnswer(BOB, chain, 'accept', holdId);
    expect((await call(`${producer.url}/transactions/${holdId}/accept`, answer)).status).toBe(201);
    await page.getByText('accept in block 3').waitFor();
    await call(`${producer.url}/mine`);
    await page.getByText('delivered').waitFor();
    await page.getByRole('link', { name: 'accept in block 3' }).click();
    await page.getByText('Ends the hold').waitFor();
    await page.locator('.fact', { hasText: 'Arrived' }).getByText('99').first().waitFor();
  });

  test('a wallet has what is held apart, and the form says what a signed chain needs', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer/wallets/${ALICE.address}`);
    await page.getByText('Held, until the recipient answers').waitFor();
    expect(await page.locator('h1').boundingBox()).toMatchObject({ x: expect.any(Number) });
    await page.goto(`${producer.url}/explorer/try`);
    await page.getByText('Wallets here are signed').waitFor();
    await page.getByLabel('Public key').waitFor();
  });
});
