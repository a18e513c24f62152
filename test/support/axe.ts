/** What axe finds on a page. */
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** Findings of every impact, with the elements. Not as a script of the page, which its Content-Security-Policy would refuse. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}
