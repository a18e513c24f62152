/** What the explorer checks by itself: good blocks, tampered ones, long ones, nodes that disagree, an upstream that lies. */
import type { Browser, Page } from 'playwright-core';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { startLyingProxy, type Lie, type LyingProxy } from '../support/lying-proxy.js';
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

const TEN_THOUSAND = 10_000;

const stepsOf = (page: Page): Promise<Record<string, string>> =>
  page
    .locator('.step')
    .evaluateAll((steps) =>
      Object.fromEntries(
        steps.map((step) => [step.getAttribute('data-step') ?? '', step.getAttribute('data-state') ?? '']),
      ),
    );

describeInBrowser('what the explorer checks', () => {
  let browser: Browser;
  let producer: NodeProcess;
  let liar: LyingProxy;

  beforeAll(async () => {
    producer = await startNode(producerIn(temporaryFolder()));
    for (const amount of ['1000000', '20', '3']) {
      await call(`${producer.url}/transactions/new`, { sender: 'alice', recipient: 'bob', amount });
    }
    await call(`${producer.url}/mine`);
    await call(`${producer.url}/transactions/new`, { sender: 'bob', recipient: 'carol', amount: '5' });
    await call(`${producer.url}/mine`);
    await call(`${producer.url}/information/new`, { information: { degree: 'BSc' } });
    await call(`${producer.url}/information/mine`, '');
    liar = await startLyingProxy(producer.url);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await liar.close();
    await killNodes();
    removeTemporary();
  });
  afterEach(async () => {
    liar.lie = () => undefined;
    expect(await closeVisits()).toEqual([]);
  });

  const on =
    (route: RegExp, change: (text: string) => string): Lie =>
    (path) =>
      route.test(path) ? change : undefined;

  test('a good block: every step is done, and the contract’s id is shown to compare', async () => {
    const { page } = await visit(browser, `${liar.url}/explorer/chains/aka/blocks/2`);
    await page.getByText('This block is valid').waitFor();
    expect(await stepsOf(page)).toEqual({
      contract: 'done',
      parent: 'done',
      place: 'done',
      ids: 'done',
      split: 'done',
      order: 'done',
      holders: 'none',
      root: 'done',
      hash: 'done',
      seal: 'done',
    });
    const { id } = (await call(`${producer.url}/chains/aka`)).body as { id: string };
    await page.locator('#check-box .note.ok').getByTitle(id).waitFor();
    expect(await page.locator('[data-step=seal]').textContent()).toMatch(/by noble and by WebCrypto/);
  });

  const flip = (text: string, field: string): string =>
    text.replace(new RegExp(`("${field}":")(.)`), (_all, before: string, digit: string) => {
      return `${before}${digit === 'a' ? 'b' : 'a'}`;
    });
  const block = /^\/chains\/aka\/blocks\/2$/;

  test.each<[string, string, string, Lie]>([
    [
      'an amount',
      'ids',
      'ENTRY_ID_MISMATCH',
      on(block, (text) => text.replace('"amount_send":"20"', '"amount_send":"2000"')),
    ],
    ['a name', 'ids', 'ENTRY_ID_MISMATCH', on(block, (text) => text.replace('"bob"', '"eve"'))],
    ['an entry’s id', 'ids', 'ENTRY_ID_MISMATCH', on(block, (text) => flip(text, 'id'))],
    ['the tree’s root', 'root', 'TREE_ROOT_MISMATCH', on(block, (text) => flip(text, 'tree_root'))],
    ['the hash', 'hash', 'HASH_MISMATCH', on(block, (text) => flip(text, 'hash'))],
    ['the signature', 'seal', 'BAD_SIGNATURE', on(block, (text) => flip(text, 'signature'))],
    ['the hash before', 'place', 'PREVIOUS_HASH_MISMATCH', on(block, (text) => flip(text, 'previous_hash'))],
    [
      'the block before',
      'parent',
      'HASH_MISMATCH',
      on(/\/headers\?from=1&limit=1$/, (text) => flip(text, 'hash')),
    ],
    [
      'the contract',
      'contract',
      'CHAIN_ID_MISMATCH',
      on(/^\/chains\/aka$/, (text) => text.replace('0.00005', '0.5')),
    ],
    ['all of it', 'place', 'MALFORMED', on(block, () => '[{"__proto__":1}]')],
    [
      'a field’s form',
      'ids',
      'ENTRY_MALFORMED',
      on(block, (text) => text.replace('"recipient":"bob"', '"recipient":{"a":["<b>"]}')),
    ],
  ])('a block with %s changed is red at the step %s: %s', async (_what, step, code, lie) => {
    liar.lie = lie;
    const { page } = await visit(browser, `${liar.url}/explorer/chains/aka/blocks/2`);
    await page.getByText('This block is NOT valid').waitFor();
    const steps = await stepsOf(page);
    expect(Object.entries(steps).filter(([, state]) => state === 'failed')).toEqual([[step, 'failed']]);
    const order = Object.keys(steps);
    const behind = order.slice(order.indexOf(step) + 1).map((id) => steps[id]);
    expect(behind.filter((state) => state === 'done')).toEqual([]);
    await page.locator('#check-box').getByText(code).first().waitFor();
    const red = await page
      .locator(`[data-step=${step}]`)
      .evaluate((line) => getComputedStyle(line).backgroundColor);
    expect(red).toBe('rgb(253, 234, 234)');
  });

  test('the entry at fault is marked', async () => {
    liar.lie = on(block, (text) => text.replace('"amount_send":"20"', '"amount_send":"2000"'));
    const { page } = await visit(browser, `${liar.url}/explorer/chains/aka/blocks/2`);
    await page.getByRole('button', { name: 'Show the entry at fault' }).click();
    expect(await page.locator('tr.disagrees').textContent()).toContain('2,000');
  });

  test('a record whose content was changed is red', async () => {
    liar.lie = on(/^\/chains\/information\/blocks\/2$/, (text) => text.replace('BSc', 'PhD'));
    const { page } = await visit(browser, `${liar.url}/explorer/chains/information/blocks/2`);
    await page.getByText('This block is NOT valid').waitFor();
    expect(await stepsOf(page)).toMatchObject({ split: 'failed', root: 'waiting' });
  });

  test('a transaction that was changed is red on its own page', async () => {
    const { transactions } = (await call(`${producer.url}/transactions?limit=1`)).body as {
      transactions: { id: string }[];
    };
    const id = transactions[0]?.id ?? '';
    liar.lie = on(/^\/transactions\//, (text) => text.replace('"carol"', '"eve"'));
    const { page } = await visit(browser, `${liar.url}/explorer/transactions/${id}`);
    await page.getByText('This entry is NOT valid').waitFor();
  });

  test('nodes that disagree can’t be overlooked, on the network page and on the overview', async () => {
    liar.lie = on(/^\/chains$/, (text) => flip(text, 'hash'));
    await call(`${producer.url}/nodes/register`, { nodes: [liar.url] });
    for (const path of ['/explorer/network', '/']) {
      const { page } = await visit(browser, `${producer.url}${path}`);
      const alert = page.getByRole('alert').filter({ hasText: 'Nodes disagree about the chain' });
      await alert.waitFor();
      expect(await alert.textContent()).toContain(liar.url);
      expect(await alert.textContent()).toContain('not signed by the producer');
      await page.getByText('DISAGREE at block').first().waitFor();
    }
  });

  test('a follower whose upstream lies says so in red, with the evidence', async () => {
    const env = followerIn(temporaryFolder(), liar.url);
    const follower = await startNode(env);
    await until(async () => (await call(`${follower.url}/chains/aka`)).body.length === 3);
    const { page, context } = await visit(browser, follower.url);
    await page.getByText('A follower: it checks every block').waitFor();
    liar.lie = on(/^\/chains\/[^/]+\/blocks\?/, (text) =>
      text.replace('"amount_send":"77"', '"amount_send":"78"'),
    );
    await call(`${producer.url}/transactions/new`, { sender: 'alice', recipient: 'bob', amount: '77' });
    await call(`${producer.url}/mine`);
    const alert = page.getByRole('alert').filter({ hasText: '1 fault of the upstream' });
    await alert.waitFor({ timeout: 15_000 });
    expect(await alert.textContent()).toContain('ENTRY_ID_MISMATCH');
    expect(await alert.textContent()).toContain(liar.url);
    await alert.locator('summary').click();
    await alert.getByText('"amount_send":"78"').waitFor();
    // That chain, and no other.
    await page.locator('[aria-labelledby=chain-aka] .badge.bad', { hasText: 'no longer followed' }).waitFor();
    await page.locator('.fact', { hasText: 'Lag of aka' }).getByText('no longer followed').waitFor();
    expect(await page.locator('[aria-labelledby=chain-information] .badge.bad').count()).toBe(0);
    // What it caught overrides what their older blocks have in common.
    await page.getByText('AT FAULT: no longer followed').first().waitFor();
    await page.getByRole('link', { name: 'Network' }).first().click();
    await page.getByRole('heading', { name: 'Network', exact: true }).waitFor();
    await page.getByText('AT FAULT: no longer followed').first().waitFor({ timeout: 15_000 });
    await page.getByRole('alert').filter({ hasText: '1 fault of the upstream' }).waitFor();
    expect(await page.getByText('All nodes that answered agree').count()).toBe(0);
    expect(await page.locator('.badge.ok').count()).toBe(0);
    await context.close();
    await follower.stop();

    // Started again, with an upstream that is right again: what happened is history, and still shown.
    liar.lie = () => undefined;
    const again = await startNode(env);
    const later = await visit(browser, again.url);
    await later.page.getByText('1 fault of the upstream, in the past').waitFor({ timeout: 15_000 });
    expect(await later.page.getByText('no longer followed').count()).toBe(0);
    await later.context.close();
    await again.stop();
  });

  test('a fault that was met before the page could listen is shown as well', async () => {
    const follower = await startNode(followerIn(temporaryFolder(), liar.url));
    const { length } = (await call(`${producer.url}/chains/aka`)).body as { length: number };
    await until(async () => (await call(`${follower.url}/chains/aka`)).body.length === length);
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const asked = jest.fn();
    const { page, context } = await visit(browser, follower.url, {
      prepare: (page) =>
        page.route(
          '**/faults',
          async (route) => {
            const none = await route.fetch();
            asked();
            await held;
            await route.fulfill({ response: none });
          },
          { times: 1 },
        ),
    });
    await until(() => asked.mock.calls.length === 1);
    liar.lie = on(/^\/chains\/[^/]+\/blocks\?/, (text) =>
      text.replace('"amount_send":"79"', '"amount_send":"78"'),
    );
    await call(`${producer.url}/transactions/new`, { sender: 'alice', recipient: 'bob', amount: '79' });
    await call(`${producer.url}/mine`);
    await until(async () => {
      const { faults } = (await call(`${follower.url}/faults`)).body as { faults: readonly unknown[] };
      return faults.length === 1;
    });
    letGo();
    await page.getByRole('alert').filter({ hasText: '1 fault of the upstream' }).waitFor();
    await context.close();
    await follower.stop();
    liar.lie = () => undefined;
  });

  describe('ten thousand', () => {
    let index: number;

    beforeAll(async () => {
      const transactions = Array.from({ length: TEN_THOUSAND }, (_, n) => ({
        sender: `sender-${n % 100}`,
        recipient: `recipient-${n % 77}`,
        amount: String(n + 1),
      }));
      const answer = await call(`${producer.url}/transactions/batch`, { transactions });
      expect(answer.body.accepted).toBe(TEN_THOUSAND);
      index = (await call(`${producer.url}/mine`)).body.index as number;
    });

    test('transactions open and verify with progress, and the page stays awake', async () => {
      const { page } = await visit(browser, `${producer.url}/`);
      await page.getByText('token chain').first().waitFor();
      await page.evaluate(() => {
        const seen = { longest: 0, shares: new Set<number>() };
        Object.assign(window, { seen });
        let last = performance.now();
        const look = (): void => {
          const now = performance.now();
          seen.longest = Math.max(seen.longest, now - last);
          last = now;
          const bar = document.querySelector('#check-box progress');
          if (bar instanceof HTMLProgressElement) seen.shares.add(bar.value);
          requestAnimationFrame(look);
        };
        look();
      });
      await page.locator(`a.block[href="/explorer/chains/aka/blocks/${index}"]`).click();
      await page.getByText('This block is valid').waitFor({ timeout: 60_000 });
      const { longest, shares, ms } = await page.evaluate(() => {
        const { seen } = window as unknown as { seen: { longest: number; shares: Set<number> } };
        const text = document.querySelector('#check-box .note')?.textContent ?? '';
        return { ...seen, shares: [...seen.shares], ms: Number(/in (\d+) ms/.exec(text)?.[1]) };
      });
      process.stdout.write(
        `10,000 transactions: checked in ${ms} ms, longest pause of the page ${Math.round(longest)} ms\n`,
      );
      expect(shares.filter((share) => share > 0 && share < 1).length).toBeGreaterThan(2);
      expect(longest).toBeLessThan(1000);
      expect(ms).toBeLessThan(30_000);

      await page.getByText('1–50 of 10,000').waitFor();
      await page.getByRole('button', { name: 'After' }).click();
      await page.getByText('51–100 of 10,000').waitFor();
      expect(await page.locator('table.entries tbody tr').count()).toBe(50);
    });

    test('blocks are listed in pages', async () => {
      // Ten thousand sealed blocks take minutes to make: the node says that it has them.
      const head = 10_000;
      const { page } = await visit(browser, `${producer.url}/explorer`);
      await page.route('**/chains', async (route) => {
        const answer = await route.fetch();
        const body = (await answer.json()) as { chains: { head: { index: number }; length: number }[] };
        for (const chain of body.chains)
          Object.assign(chain, { length: head, head: { ...chain.head, index: head } });
        await route.fulfill({ response: answer, json: body });
      });
      await page.route('**/chains/aka/headers?*', async (route) => {
        const query = new URL(route.request().url()).searchParams;
        const [from, limit] = [Number(query.get('from')), Number(query.get('limit'))];
        const known = (await call(`${producer.url}/chains/aka`)).body.head as object;
        const headers = Array.from({ length: limit }, (_, n) => ({
          ...known,
          index: from + n,
          tree_size: from + n,
        }));
        await route.fulfill({ json: { chain: 'aka', headers, length: head, next_from: null } });
      });
      await page.goto(`${producer.url}/explorer/chains/aka`);
      await page.getByText('9,951–10,000 of 10,000').waitFor();
      await page.getByRole('button', { name: 'Older' }).click();
      await page.getByText('9,901–9,950 of 10,000').waitFor();
      expect(await page.locator('tbody tr').count()).toBe(50);
      await page.getByRole('button', { name: 'Newer' }).click();
      await page.getByText('9,951–10,000 of 10,000').waitFor();
      await page.unroute('**/chains/aka/headers?*');
      await page.getByLabel('Go to block').fill('2');
      await page.getByRole('button', { name: 'Go', exact: true }).click();
      await page.getByText('This block is valid').waitFor();
    });
  });
});
