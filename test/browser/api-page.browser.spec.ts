/** The API's own page: what it offers to try can be tried, as it stands. */
import type { Browser } from 'playwright-core';
import { closeVisits, describeInBrowser, startBrowser, visit } from '../support/chromium.js';
import { killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

describeInBrowser('the API’s page', () => {
  let browser: Browser;
  let producer: NodeProcess;

  beforeAll(async () => {
    producer = await startNode(producerIn(temporaryFolder()));
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

  test.each([
    ['POST', '/transactions/new', '201'],
    ['POST', '/information/new', '201'],
    ['GET', '/mine', '200'],
    ['DELETE', '/nodes', '200'],
  ])('"Try it out" works for %s %s, with nothing filled in', async (method, path, status) => {
    const { page } = await visit(browser, `${producer.url}/api`);
    const operation = page.locator(`.opblock-${method.toLowerCase()}`, {
      has: page.locator(`[data-path="${path}"]`),
    });
    await operation.locator('.opblock-summary').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = operation.locator('.live-responses-table .response-col_status').last();
    await answer.waitFor();
    expect(await answer.textContent()).toContain(status);
  });
});
