/** What the first visit costs, on the built files. Needs no browser. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve('dist/web');
const LIMIT = 150_000;

test('everything that the page can ever load, compressed, is under 150 kB', () => {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:html|js|css|svg)$/.test(name),
  );
  const total = (encoding: 'gz' | 'br'): number =>
    names.reduce((sum, name) => sum + statSync(path.join(FOLDER, `${name}.${encoding}`)).size, 0);
  const [gz, br] = [total('gz'), total('br')];
  const kB = (bytes: number): number => Math.round(bytes / 1000);
  process.stdout.write(
    `the explorer is ${kB(gz)} kB by gzip, ${kB(br)} kB by Brotli, worker and chart included\n`,
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
