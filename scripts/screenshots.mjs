// npm run screenshots: a real network, some life in it, and the pictures of README.md in docs/images.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureBuild } from './ensure-build.mjs';
import { fail, root, shown } from './project.mjs';

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const images = path.join(root, 'docs/images');
const startWithinMs = 60_000;
const liveForMs = 45_000;
const people = ['alice', 'bob', 'carol', 'dora', 'Zoë', 'erin'];

if (!existsSync(chromiumPath)) fail(`There is no Chromium at ${chromiumPath}: name one in CHROMIUM_PATH`);
await ensureBuild();
const { chromium } = await import('playwright-core');
const folder = mkdtempSync(path.join(tmpdir(), 'bpsc-screenshots-'));
const nodes = [];
try {
  await take();
} finally {
  for (const child of nodes) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

async function take() {
  const producer = await start({
    ROLE: 'producer',
    DATABASE_URL: `file:${folder}/producer.db`,
    PRODUCER_KEY_FILE: `${folder}/key.pem`,
    BLOCK_INTERVAL_MS: '5000',
    BLOCK_MAX_ENTRIES: '40',
    INFORMATION_BLOCK_INTERVAL_MS: '8000',
    INFORMATION_BLOCK_MAX_ENTRIES: '20',
  });
  const followers = await Promise.all(
    [1, 2].map((n) =>
      start({ ROLE: 'follower', DATABASE_URL: `file:${folder}/follower-${n}.db`, PRODUCER_URL: producer }),
    ),
  );
  await post(`${producer}/nodes/register`, { nodes: followers });
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  const overview = await open(browser, producer, 'light', 1190);
  mkdirSync(images, { recursive: true });
  const busy = live(producer);
  await sleep(liveForMs - 8_000);
  // A block is on its way, and the one before has arrived.
  await overview
    .locator('.ring strong')
    .filter({ hasText: /^[123] s$/ })
    .first()
    .waitFor();
  await save(overview, 'overview.png');
  await busy;
  const block = await open(browser, `${followers[0]}/explorer/chains/aka/blocks/3`, 'dark', 900);
  await block.getByText('This block is what it should be').waitFor();
  await save(block, 'block.png');
  await takeClassroom(browser);
  await browser.close();
}

/** With a fork to be seen, and each network some blocks long. */
async function takeClassroom(browser) {
  const classroom = await start({ ROLE: 'classroom' });
  const page = await open(browser, classroom, 'light', 930);
  for (const network of ['proof_of_work', 'bpsc', 'proof_of_stake'])
    await post(`${classroom}/load`, { network });
  await sleep(liveForMs);
  await page.locator('.box.forked').first().waitFor({ timeout: 120_000 });
  await save(page, 'classroom.png');
}

/** Starts a node of the built program on a free port. @returns its URL */
async function start(env) {
  const child = spawn(process.execPath, [path.join(root, 'dist/main.js')], {
    env: { PATH: process.env.PATH, PORT: '0', FREE_DISK_BYTES_MIN: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  nodes.push(child);
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  for (const deadline = Date.now() + startWithinMs; Date.now() < deadline; await sleep(50)) {
    const url = /listens on (http:\/\/[0-9.:]+)/.exec(output)?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) break;
  }
  fail(`a node did not start:\n${output}`);
}

/** People send, until there are a few blocks to see. */
async function live(producer) {
  const end = Date.now() + liveForMs;
  for (let n = 0; Date.now() < end; n++) {
    const sender = people[n % people.length];
    const recipient = people[(n * 5 + 1) % people.length];
    if (sender !== recipient) {
      await post(`${producer}/transactions/new`, {
        sender,
        recipient,
        amount: String(1000 + ((n * 7919) % 90000)),
      });
    }
    if (n % 4 === 0)
      await post(`${producer}/information/new`, { information: { student: sender, course: n } });
    // Not evenly: a day has its hours.
    await sleep(60 + 110 * (1 + Math.sin(n / 25)));
  }
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) fail(`${url}: ${await answer.text()}`);
}

async function open(browser, url, colorScheme, height) {
  const page = await browser.newPage({
    colorScheme,
    viewport: { width: 1280, height },
    deviceScaleFactor: 1.5,
  });
  await page.goto(url);
  await page.locator('h1').waitFor();
  return page;
}

async function save(page, name) {
  const file = path.join(images, name);
  await page.screenshot({ path: file, animations: 'disabled' });
  process.stdout.write(`${shown(file)}\n`);
}
