/** What the first visit costs, on the built files. Needs no browser. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve('dist/web');
const FIRST_LIMIT = 60_000;
const LIMIT = 190_000;

test('what the page loads before it shows anything, compressed, is under 60 kB', () => {
  const page = readFileSync(path.join(FOLDER, 'index.html'), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="\/explorer\/([^"]+\.(?:js|css))"/g)].map(
    ([, name = '']) => name,
  );
  expect(named.length).toBeGreaterThan(2);
  const total = ['index.html', ...named].reduce(
    (sum, name) => sum + statSync(path.join(FOLDER, `${name}.gz`)).size,
    0,
  );
  process.stdout.write(`the first load is ${Math.round(total / 1000)} kB by gzip\n`);
  expect(total).toBeLessThan(FIRST_LIMIT);
});

test('everything that the page can ever load, compressed, is under 190 kB', () => {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:html|js|css|svg)$/.test(name),
  );
  const total = (encoding: 'gz' | 'br'): number =>
    names.reduce((sum, name) => sum + statSync(path.join(FOLDER, `${name}.${encoding}`)).size, 0);
  const [gz, br] = [total('gz'), total('br')];
  const kB = (bytes: number): number => Math.round(bytes / 1000);
  process.stdout.write(
    `the explorer is ${kB(gz)} kB by gzip, ${kB(br)} kB by Brotli, worker, chart and signing included\n`,
  );
  expect(names).toContain('index.html');
  expect(gz).toBeLessThan(LIMIT);
  expect(br).toBeLessThan(gz);
});

test('nothing in it names another host', () => {
  for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(html|css)$/.test(name)) continue;
    expect(readFileSync(path.join(FOLDER, name), 'utf8')).not.toMatch(
      /https?:\/\/|@import|(?:src|href)="\/\//,
    );
  }
});
