/** The system's Chromium for the browser tests: pages that may not err, nor ask anybody but their node. */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

export const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

const isThere = existsSync(CHROMIUM);
if (!isThere) {
  const missing = `There is no Chromium at ${CHROMIUM}: name one in CHROMIUM_PATH (Debian: apt-get install chromium).`;
  if (process.env.CI === 'true') throw new Error(`${missing} In CI the browser tests must run.`);
  process.stderr.write(`\nBROWSER TESTS SKIPPED. ${missing}\n\n`);
}

/** `describe`, skipped loudly where there is no browser. In CI that is an error. */
export const describeInBrowser = isThere ? describe : describe.skip;

const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export interface PageOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  /** console errors that the test provokes on purpose, such as a 400 that a form shows */
  readonly expected?: RegExp;
  /** done before the page is asked for */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** console errors, exceptions and requests to other hosts so far */
  readonly mistakes: readonly string[];
}

const open: Visit[] = [];

/** A fresh page at an address of a node's, once it shows its heading. */
export async function visit(browser: Browser, url: string, options: PageOptions = {}): Promise<Visit> {
  const { theme = 'light', width = 1280, expected, prepare } = options;
  const context = await browser.newContext({ colorScheme: theme, viewport: { width, height: 844 } });
  const page = await context.newPage();
  const mistakes: string[] = [];
  const mistake = (text: string): void => {
    if (expected?.test(text) !== true) mistakes.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') mistake(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => mistake(`exception: ${error.message}`));
  const { origin } = new URL(url);
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.origin !== origin && !['data:', 'blob:'].includes(asked.protocol)) {
      mistake(`request to another host: ${request.url()}`);
    }
  });
  const opened = { page, context, mistakes };
  open.push(opened);
  await prepare?.(page);
  await page.goto(url);
  await page.locator('h1').waitFor({ state: 'attached' });
  return opened;
}

/** For afterEach: closes all pages. @returns what went wrong on any of them */
export async function closeVisits(): Promise<readonly string[]> {
  const visits = open.splice(0);
  for (const { context } of visits) await context.close();
  return visits.flatMap(({ mistakes }) => mistakes);
}
