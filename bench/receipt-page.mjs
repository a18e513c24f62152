// How long the explorer takes to check a receipt and to show the entry, in Chromium: from the new address to the page.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { startProducer } from './processes.mjs';
import { whatToRead } from './reads.mjs';
import { figure } from './rounds.mjs';

const entriesOf = { full: 200_000, smoke: 20_000 };
const receiptsOf = { full: 100, smoke: 10 };
/** The code of the page is compiled by then. */
const warmUp = 5;

export async function run({ fixtures, form, seed }) {
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    console.log(`receipts in the explorer: not measured, since there is no Chromium at ${executablePath}`);
    return [];
  }
  const producer = await startProducer(await fixtures.copy(entriesOf[form]));
  const spread = { blocks: 0, transactions: receiptsOf[form] + warmUp };
  const found = await whatToRead(producer, { form, seed, blocksOnPage: 1, spread });
  const receipts = await Promise.all(
    found['one transaction'].spread.map(async (path) => {
      const id = path.split('/').at(-1);
      const text = await (await fetch(`${producer.url}/receipts/${id}`)).text();
      return { id, hash: Buffer.from(text).toString('base64url') };
    }),
  );
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const times = [];
  try {
    const page = await browser.newPage();
    await page.goto(`${producer.url}/explorer/receipt`);
    // The keys of the node's chains have come.
    await page.waitForLoadState('networkidle');
    for (const receipt of receipts) times.push(await page.evaluate(timeToShow, receipt));
  } finally {
    await browser.close();
    await producer.stop();
  }
  return figure({
    name: 'a receipt in the explorer, from the link to the entry on the page',
    unit: 'ms',
    aim: { oursMax: 50 },
    rounds: times.slice(warmUp).map((ours) => ({ ours })),
  });
}

/* global MutationObserver, document, location */
/** Runs in the page. */
function timeToShow({ id, hash }) {
  return new Promise((resolve) => {
    const started = performance.now();
    const observer = new MutationObserver(() => {
      if (!document.body.textContent.includes(id)) return;
      observer.disconnect();
      resolve(performance.now() - started);
    });
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
    location.hash = hash;
  });
}
