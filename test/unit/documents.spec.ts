/** README.md and docs: what they name exists. docs/reference.md is generated from the code (npm run reference:check). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const DOCUMENTS = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** The client's package has links of its own. */
const LINKING = DOCUMENTS.filter((file) => file !== 'docs/client-package.md');

const textOf = (file: string): string => readFileSync(file, 'utf8');
const withoutCode = (text: string): string => text.replaceAll(/```.*?```/gs, '');

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(file: string): ReadonlySet<string> {
  const headings = withoutCode(textOf(file)).matchAll(/^#+ (.*)$/gm);
  return new Set([...headings].map(([, heading = '']) => slug(heading)));
}

function slug(heading: string): string {
  const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return plain.replaceAll(/[^\p{L}\p{N}\- _]/gu, '').replaceAll(' ', '-');
}

/** Text in backticks, and the commands in code. */
function namedIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

describe('README.md', () => {
  it('has at most 200 lines', () => {
    expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });
});

describe.each(LINKING)('%s', (file) => {
  it('links to files and headings that exist', () => {
    const links = [
      ...withoutCode(textOf(file)).matchAll(/\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]*))?\)/g),
    ];
    const broken = links.filter(([, target = '', anchor]) => {
      const other = target === '' ? file : path.join(path.dirname(file), target);
      if (!existsSync(other)) return true;
      return anchor !== undefined && !anchorsOf(other).has(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('names scripts of package.json only', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = namedIn(textOf(file), /npm run ([a-z][a-z:-]*)/g);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('docs/reference.md', () => {
  const reference = textOf('docs/reference.md');
  const routes = namedIn(reference, /^\| `([A-Z]+ \/\S*)` \|/gm).map((route) => {
    const [method = '', template = ''] = route.split(' ');
    return new RegExp(`^${method} ${template.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`);
  });
  /** Routes with `:id`, `…` and the like in them; queries don't count. */
  const named = DOCUMENTS.flatMap((file) =>
    namedIn(textOf(file), /\b((?:GET|POST|DELETE) \/[\w/.:-]*)/g).map((route) => [file, route] as const),
  );

  it('has every route that the documents name', () => {
    expect(routes.length).toBeGreaterThan(50);
    const missing = named.filter(([file, name]) => {
      const route = name.replace(/[.:/-]+$/, '');
      // Of other programs: the teaching chains, and logs that are not ours.
      if (/classroom|comparison|signed-network/.test(file) || route === 'GET' || route === 'POST')
        return false;
      return !routes.some((pattern) => pattern.test(route)) && !isBeginning(route);
    });
    expect(missing).toEqual([]);
  });

  /** A route with something after it that is no part of a path: `GET /chains/<chain>/evidence`, `GET /tlog/…`. */
  function isBeginning(route: string): boolean {
    return routes.some((pattern) => pattern.source.replaceAll('\\', '').startsWith(`^${route}/`));
  }

  it('has every command that the documents name', () => {
    const commands = new Set(namedIn(reference, /^### bpsc ([a-z-]+)/gm));
    expect(commands.size).toBeGreaterThan(15);
    const used = DOCUMENTS.flatMap((file) =>
      namedIn(textOf(file), /(?:`|npx )bpsc ([a-z][a-z-]*)/g).map((name) => [file, name] as const),
    );
    expect(used.filter(([, name]) => !commands.has(name) && name !== 'help')).toEqual([]);
  });
});
