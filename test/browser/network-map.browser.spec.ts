/** The picture of the network on the explorer's network page, on real nodes. */
import type { Browser, Page } from 'playwright-core';
import { axeFindings } from '../support/axe.js';
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

describeInBrowser('the map of the network', () => {
  let browser: Browser;
  let producer: NodeProcess;
  let follower: NodeProcess;
  let gone: NodeProcess;

  beforeAll(async () => {
    const folder = temporaryFolder();
    producer = await startNode(producerIn(folder));
    follower = await startNode(followerIn(folder, producer.url));
    gone = await startNode(followerIn(temporaryFolder(), producer.url));
    await call(`${producer.url}/nodes/register`, { nodes: [follower.url, gone.url] });
    await call(`${producer.url}/mine`);
    await until(async () => (await call(`${follower.url}/chains/aka`)).body.length === 2);
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

  const box = (page: Page, node: NodeProcess) =>
    page.locator('.map-node', { hasText: node.url.replace('http://', '') });

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)(
    '%s, %i wide: has the nodes by what they are to this one, without a finding of axe',
    async (theme, width) => {
      const { page } = await visit(browser, `${producer.url}/explorer/network`, { theme, width });
      const registered = page.getByRole('list', { name: 'Nodes registered with this node' });
      await registered.getByText('aka: level').first().waitFor();
      expect(await registered.getByRole('listitem').count()).toBe(2);
      expect(await page.getByRole('list', { name: 'This node', exact: true }).innerText()).toContain(
        'producer, 2 chains',
      );
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      expect(await axeFindings(page)).toEqual([]);
      const { page: theirs } = await visit(browser, `${follower.url}/explorer/network`, { theme, width });
      const upstreams = theirs.getByRole('list', { name: 'Upstreams, which this node follows' });
      await upstreams.getByText('aka: level').waitFor();
      expect(await upstreams.getByRole('listitem').count()).toBe(1);
      expect(await box(theirs, producer).innerText()).toContain('producer');
      expect(await theirs.getByText('this node follows ↑').count()).toBe(1);
    },
  );

  test('shows that a node no longer answers, and goes on showing the others', async () => {
    const { page } = await visit(browser, `${producer.url}/explorer/network`);
    await box(page, gone).getByText('aka: level').waitFor();
    await gone.stop();
    await box(page, gone).getByText('unreachable').waitFor({ timeout: 30_000 });
    expect(await box(page, gone).getAttribute('class')).toContain('bad');
    expect(await box(page, follower).getAttribute('class')).toContain('ok');
  });
});
