/** The explorer in a real browser, on a real producer and followers. */
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
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

/** A title follows what its page shows. */
const titled = (page: Page, title: string): Promise<unknown> =>
  page.waitForFunction((expected) => document.title === expected, title);

const HOSTILE = '<script>alert(1)</script>';
const LONG = 'n'.repeat(128);
const NAMES = [
  'alice',
  '李明',
  'محمد عبد الله',
  '👩‍🚀 Zoë',
  HOSTILE,
  LONG,
  '<img src=x onerror=alert(1)>',
  'bob',
];

describeInBrowser('the explorer', () => {
  const folder = temporaryFolder();
  let browser: Browser;
  let producer: NodeProcess;
  let follower: NodeProcess;
  let transactionId: string;
  let informationId: string;

  beforeAll(async () => {
    producer = await startNode(producerIn(folder));
    follower = await startNode(followerIn(folder, producer.url));
    await call(`${producer.url}/nodes/register`, { nodes: [follower.url] });
    for (const [place, sender] of NAMES.entries()) {
      const recipient = NAMES[(place + 1) % NAMES.length];
      const { body } = await call(`${producer.url}/transactions/new`, {
        sender,
        recipient,
        amount: '1000000',
        memo: `${HOSTILE} ${sender}`.slice(0, 80),
      });
      transactionId = (body.transaction as { id: string }).id;
    }
    const { body } = await call(`${producer.url}/information/new`, {
      information: { note: HOSTILE, name: 'محمد', deep: [1, { a: '👩‍🚀' }] },
    });
    informationId = body.id as string;
    await call(`${producer.url}/mine`);
    await call(`${producer.url}/information/mine`, '');
    await until(async () => (await call(`${follower.url}/chains/aka`)).body.length === 2);
    await until(async () => (await call(`${follower.url}/chains/information`)).body.length === 2);
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

  /** Every page, by its address and something that it must show. */
  const pages = (): readonly (readonly [string, string])[] => [
    ['/', 'token chain'],
    ['/explorer', 'token chain'],
    ['/explorer/chains/aka', 'Go to block'],
    ['/explorer/chains/information', 'Go to block'],
    ['/explorer/chains/aka/blocks/1', 'This block is valid'],
    ['/explorer/chains/aka/blocks/2', 'This block is valid'],
    ['/explorer/chains/information/blocks/2', 'This block is valid'],
    ['/explorer/transactions', 'delivered'],
    [`/explorer/transactions/${transactionId}`, 'The id is the hash of these bytes'],
    [`/explorer/information/${informationId}`, 'The id is the hash of these bytes'],
    ['/explorer/wallets/alice', '+999,950'],
    [`/explorer/wallets/${encodeURIComponent(HOSTILE)}`, '+999,950'],
    ['/explorer/wallets/nobody', 'Nothing in, nothing out'],
    ['/explorer/wallets?address=..', 'Nothing in, nothing out'],
    ['/explorer/search?q=2', 'results'],
    ['/explorer/search?q=nothing-of-this-name', 'Nothing found on this node'],
    ['/explorer/network', 'agree at block 2'],
    ['/explorer/try', 'Try it'],
    ['/explorer/nowhere', 'There is no page at this address'],
    ['/explorer/chains/nope', 'no chain with this name'],
    ['/explorer/chains/aka/blocks/x', 'no such block'],
  ];

  const shows = async (page: Page, text: string): Promise<void> => {
    await page.getByText(text, { exact: false }).first().waitFor({ timeout: 15_000 });
  };

  test('shows every page on a producer and on a follower, without an error and without another host', async () => {
    for (const node of [producer, follower]) {
      const { page } = await visit(browser, node.url);
      for (const [path, text] of pages()) {
        await page.goto(node.url + path, { waitUntil: 'commit' });
        await shows(page, text);
      }
    }
  });

  test('says what this node is: a producer with its followers, a follower with its upstream', async () => {
    const atProducer = await visit(browser, producer.url);
    await shows(atProducer.page, 'The producer: it seals the blocks');
    await shows(atProducer.page, follower.url.replace('http://', ''));
    await shows(atProducer.page, '0.005 % of what is sent goes to');
    const atFollower = await visit(browser, follower.url);
    await shows(atFollower.page, 'A follower: it checks every block');
    await shows(atFollower.page, 'none: level with the upstream');
    await atFollower.page.goto(`${follower.url}/explorer/try`);
    await shows(atFollower.page, 'This node is a follower: it takes nothing in');
  });

  test('grows live: entries that wait, then a new block, on both roles, without a reload', async () => {
    const atProducer = await visit(browser, producer.url);
    const atFollower = await visit(browser, follower.url);
    const { length } = (await call(`${producer.url}/chains/aka`)).body as { length: number };
    const next = `Block ${length + 1}`;
    for (const { page } of [atProducer, atFollower]) await shows(page, `Block ${length}`);
    await call(`${producer.url}/transactions/new`, { sender: 'alice', recipient: 'bob', amount: '7' });
    await shows(atProducer.page, '1 waiting');
    await call(`${producer.url}/mine`);
    const linkTo = (page: Page) => page.locator(`a.block[href="/explorer/chains/aka/blocks/${length + 1}"]`);
    await linkTo(atProducer.page).waitFor({ timeout: 10_000 });
    await linkTo(atFollower.page).waitFor({ timeout: 10_000 });
    await atFollower.page.locator('.verified strong', { hasText: next }).waitFor();
    // Newest first.
    expect(await atFollower.page.locator('a.block').first().textContent()).toContain(next);
  });

  test('can be linked, reloaded and walked through with back and forward', async () => {
    const { page } = await visit(browser, `${producer.url}/`);
    // Of the two chains' rows, either may be there first.
    await page.locator('a.block[href="/explorer/chains/aka/blocks/2"]').click();
    await shows(page, 'This block is valid');
    expect(new URL(page.url()).pathname).toBe('/explorer/chains/aka/blocks/2');
    await titled(page, 'Block 2 of aka · bpsc explorer');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await page.reload();
    await shows(page, 'This block is valid');
    await page.getByRole('link', { name: 'Block 1' }).first().click();
    await shows(page, 'genesis');
    await page.goBack();
    await page.getByRole('heading', { name: 'Block 2', exact: true }).waitFor();
    await page.goBack();
    await shows(page, 'The producer: it seals the blocks');
  });

  test('finds a transaction, a record, a block by hash and by index, and a wallet', async () => {
    const { page } = await visit(browser, producer.url);
    const { head } = (await call(`${producer.url}/chains/information`)).body as { head: { hash: string } };
    const look = async (query: string): Promise<string> => {
      await page.keyboard.press('/');
      await page.getByRole('searchbox').fill(query);
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.pathname !== '/' && url.pathname !== '/explorer/search');
      const { pathname } = new URL(page.url());
      await page.goto(producer.url);
      await page.locator('h1').waitFor();
      return decodeURIComponent(pathname);
    };
    expect(await look(transactionId)).toBe(`/explorer/transactions/${transactionId}`);
    expect(await look(` ${informationId.toUpperCase()} `)).toBe(`/explorer/information/${informationId}`);
    expect(await look(head.hash)).toBe('/explorer/chains/information/blocks/2');
    expect(await look('محمد عبد الله')).toBe('/explorer/wallets/محمد عبد الله');
    expect(await look(HOSTILE)).toBe(`/explorer/wallets/${HOSTILE}`);
    expect(await look('aka')).toBe('/explorer/chains/aka');
  });

  test('shows names as text, whatever they are', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer/chains/aka/blocks/2`);
    await shows(page, HOSTILE);
    expect(await page.locator('main script, main img').count()).toBe(0);
    const name = page.locator('bdi', { hasText: LONG }).first();
    expect((await name.boundingBox())?.width).toBeLessThan(300);
    await page.goto(`${producer.url}/explorer/transactions/${transactionId}`);
    await shows(page, `${HOSTILE} bob`);
  });

  test('makes visible what is hidden in a text, and JSON runs from left to right', async () => {
    const name = 'evil\u202egnp.exe';
    const { body } = await call(`${producer.url}/information/new`, {
      information: { file: name, שם: 'ערך' },
    });
    const { page } = await visit(browser, `${producer.url}/explorer/information/${String(body.id)}`);
    const json = page.locator('#information + * pre, pre[dir=ltr]').first();
    await shows(page, '"evil\\u202egnp.exe"');
    expect(await json.getAttribute('dir')).toBe('ltr');
    expect(await json.locator('bdi').allTextContents()).toEqual([
      '"file"',
      '"evil\\u202egnp.exe"',
      '"שם"',
      '"ערך"',
    ]);
    const paid = await call(`${producer.url}/transactions/new`, {
      sender: 'alice',
      recipient: 'bob',
      amount: '1',
      memo: `see ${name}`,
    });
    const { id } = paid.body.transaction as { id: string };
    await page.goto(`${producer.url}/explorer/transactions/${id}`);
    await shows(page, 'see evil⟨U+202E⟩gnp.exe');
    await page.goto(`${producer.url}/explorer/wallets/${encodeURIComponent(name)}`);
    await page.getByRole('heading', { name: 'evil⟨U+202E⟩gnp.exe' }).waitFor();
    await titled(page, 'Wallet evil⟨U+202E⟩gnp.exe · bpsc explorer');
    expect(await page.locator('body').innerText()).not.toMatch(/\u202e/);
  });

  test('a wallet’s history adds up to its balance, line by line', async () => {
    const send = async (
      sender: string,
      recipient: string,
      amount: string,
      isHold = false,
    ): Promise<string> => {
      const held = isHold ? { hold_until: Date.now() + 3_600_000 } : {};
      const { body } = await call(`${producer.url}/transactions/new`, { sender, recipient, amount, ...held });
      return (body.transaction as { id: string }).id;
    };
    await send('ben', 'ann', '500');
    await send('ann', 'ben', '20', true);
    const accepted = await send('ann', 'ben', '100', true);
    const declined = await send('ann', 'ben', '40', true);
    await call(`${producer.url}/transactions/${accepted}/accept`, { sender: 'ben' });
    await call(`${producer.url}/transactions/${declined}/decline`, { sender: 'ben' });
    const { page } = await visit(browser, `${producer.url}/explorer/wallets/ann`);
    await page.locator('tfoot tr').first().waitFor();
    const amounts = async (cells: string): Promise<readonly number[]> =>
      (await page.locator(cells).allInnerTexts()).map((text) => {
        const [number = ''] = /[+−]?\d[\d,.]*/.exec(text) ?? [];
        return Number(number.replaceAll(',', '').replace('−', '-'));
      });
    const lines = await amounts('tbody [data-name=Amount]');
    expect(lines).toEqual([40, 0, -40, -100, -20, 499.975]);
    const [held, balance] = await amounts('tfoot td.right');
    const wallet = (await call(`${producer.url}/wallets/ann`)).body as { balance: string };
    expect([held, String(balance)]).toEqual([20, wallet.balance]);
    expect(lines.reduce((sum, line) => sum + line, held ?? 0)).toBeCloseTo(balance ?? 0, 9);
    await page.goto(`${producer.url}/explorer/transactions/${declined}`);
    await call(`${producer.url}/mine`);
    await shows(page, 'none was taken');
    expect(await page.getByText('Arrives').count()).toBe(0);
  });

  test('names each page, and a block that is not there leads to the head', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer/chains/information/blocks/999`);
    await shows(page, 'information has no block 999');
    await titled(page, 'Block 999 of information not found · bpsc explorer');
    await page.getByRole('link', { name: 'its head' }).click();
    await shows(page, 'This block is valid');
    const titles: [string, RegExp][] = [
      ['/', /^bpsc explorer$/],
      ['/explorer/chains/aka', /^Chain aka · /],
      ['/explorer/transactions', /^Transactions · /],
      [`/explorer/transactions/${transactionId}`, /^Transfer [0-9a-f]{6}…[0-9a-f]{6} · /],
      [`/explorer/information/${informationId}`, /^Information record [0-9a-f]{6}…[0-9a-f]{6} · /],
      ['/explorer/wallets/bob', /^Wallet bob · /],
      ['/explorer/search?q=nothing-of-this-name-x', /^Search: nothing-of-this-name-x · |^Wallet /],
      ['/explorer/network', /^Network · /],
      ['/explorer/try', /^Try it · /],
      ['/explorer/nowhere', /^Page not found · /],
    ];
    for (const [path, title] of titles) {
      await page.goto(producer.url + path);
      await page.waitForFunction((source) => new RegExp(source).test(document.title), title.source);
    }
  });

  test('proves that a transaction is in its block', async () => {
    const { page } = await visit(browser, `${follower.url}/explorer/transactions/${transactionId}`);
    await page.getByRole('button', { name: 'Prove that it is in block 2' }).click();
    await shows(page, 'Proven');
    expect(await page.locator('.path li').count()).toBe(5); // itself, three siblings for eight, the root
  });

  test('copies a hash', async () => {
    const { page, context } = await visit(browser, `${producer.url}/explorer/transactions/${transactionId}`);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy transaction id' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(transactionId);
  });

  test('switches between light and dark, and remembers', async () => {
    const { page } = await visit(browser, producer.url, { theme: 'dark' });
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe('rgb(14, 19, 26)');
    await page.getByRole('button', { name: 'Theme: as the system' }).click();
    expect(await background()).toBe('rgb(246, 247, 249)');
    await page.reload();
    await page.getByRole('button', { name: 'Theme: light' }).waitFor();
    expect(await background()).toBe('rgb(246, 247, 249)');
  });

  test('goes on by asking where there are no events, and says so where there is no answer', async () => {
    const { page } = await visit(browser, follower.url, {
      expected: /Failed to load resource|ERR_|net::|MIME/,
    });
    const linkTo = (index: number) => page.locator(`a.block[href="/explorer/chains/aka/blocks/${index}"]`);
    await page.route('**/events?*', (route) => route.fulfill({ status: 404, body: 'none' }));
    await page.reload();
    const { length } = (await call(`${producer.url}/chains/aka`)).body as { length: number };
    await linkTo(length).waitFor();
    await call(`${producer.url}/mine`);
    await linkTo(length + 1).waitFor({ timeout: 15_000 });
    await page.route('**/chains', (route) => route.abort());
    await shows(page, 'What is shown is what it last said');
    await page.unroute('**/chains');
    await page
      .getByText('What is shown is what it last said')
      .waitFor({ state: 'detached', timeout: 15_000 });
  });

  // Each theme and each width once: axe takes about a second for a page.
  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('%s, %i wide: nothing is cut off, and axe has no serious finding', async (theme, width) => {
    const { page } = await visit(browser, producer.url, { theme, width });
    for (const [path, text] of pages()) {
      await page.goto(producer.url + path, { waitUntil: 'commit' });
      await shows(page, text);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect([path, Math.max(0, overflow)]).toEqual([path, 0]);
      expect([path, await seriousFindings(page)]).toEqual([path, []]);
    }
  });
});

/** Not as a script of the page, which its Content-Security-Policy would refuse. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({
      resultTypes: ['violations'],
    }),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}
