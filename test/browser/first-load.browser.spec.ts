/** What the first visit costs, on the built files. Needs no browser. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const FOLDER = path.resolve('dist/web');
const LIMIT = 150_000;

test('everything that the page can ever load, compressed, is under 150 kB', () => {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter(
    (name) => path.extname(name) !== '',
  );
  const sizes = names.map((name) => gzipSync(readFileSync(path.join(FOLDER, name)), { level: 9 }).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  process.stdout.write(
    `the explorer is ${Math.round(total / 1000)} kB compressed, worker and chart included\n`,
  );
  expect(names).toContain('index.html');
  expect(total).toBeLessThan(LIMIT);
});

test('nothing in it names another host', () => {
  for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(html|css)$/.test(name)) continue;
    expect(readFileSync(path.join(FOLDER, name), 'utf8')).not.toMatch(
      /https?:\/\/|@import|(?:src|href)="\/\//,
    );
  }
});
