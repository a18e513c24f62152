import { chromium } from 'playwright-core';
const [,, out, ...jobs] = process.argv;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-dev-shm-usage','--disable-gpu'] });
for (const job of jobs) {
  const [name, url, mode='light', width='1280', full='full', act=''] = job.split('|');
  const context = await browser.newContext({ colorScheme: mode, viewport: { width: Number(width), height: width==='390'?844:860 }, deviceScaleFactor: 1 });
  const page = await context.newPage();
  page.on('console', m => ['error','warning'].includes(m.type()) && console.log(name, 'console:', m.text()));
  page.on('pageerror', e => console.log(name, 'pageerror:', e.message));
  await page.goto(url); await page.waitForTimeout(2500);
  if (act) { await page.click(act); await page.waitForTimeout(1500); }
  await page.screenshot({ path: `${out}/${name}.png`, fullPage: full==='full' });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (over > 0) console.log(name, 'OVERFLOW', over);
  await context.close();
}
await browser.close();
