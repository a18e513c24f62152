'use strict';
// The rooms of src and which way imports run between them (docs/architecture.md):
// main -> producer | follower | cli -> http | audit | storage -> peer -> ledger -> chain, http -> logging -> chain, and config for all but ledger and chain;
// cli | audit -> client -> chain and the clock; audit -> storage. The explorer (web) takes chain and client from here, and nothing else.
const room = (name) => `^src/${name}/`;
const rooms = (...names) => `^src/(${names.join('|')})/`;

/** They lie beside the code, and may import anything. */
const TESTS = '(\\.spec\\.ts$|/testing/)';

const CLOCK = '^src/ledger/(system-)?clock\\.ts$';

/** What a room may import of our own code. */
const mayImport = (name, ...others) => ({
  name: `${name}-imports-only-${others.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: room(name), pathNot: TESTS },
  to: { path: '^(src|test|bench|scripts)/', pathNot: rooms(name, ...others) },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    mayImport('chain'),
    mayImport('ledger', 'chain'),
    mayImport('storage', 'ledger', 'chain', 'config', 'generated'),
    mayImport('peer', 'ledger', 'chain'),
    mayImport('audit', 'client', 'peer', 'static', 'storage', 'ledger', 'chain'),
    mayImport('http', 'access', 'peer', 'logging', 'ledger', 'chain', 'config'),
    mayImport('logging', 'chain', 'config'),
    mayImport('signatures', 'chain'),
    mayImport('static', 'storage', 'peer', 'ledger', 'chain'),
    mayImport('keys', 'ledger', 'chain'),
    mayImport('access', 'keys', 'ledger'),
    mayImport('backup', 'storage', 'keys', 'ledger', 'config'),
    mayImport('collecting', 'peer', 'ledger', 'chain'),
    mayImport('gossip', 'peer', 'ledger', 'chain'),
    mayImport(
      'producer',
      'http',
      'static',
      'collecting',
      'gossip',
      'peer',
      'storage',
      'keys',
      'signatures',
      'ledger',
      'chain',
      'config',
    ),
    mayImport('witness', 'http', 'peer', 'keys', 'ledger', 'chain', 'config'),
    mayImport(
      'follower',
      'http',
      'static',
      'collecting',
      'gossip',
      'peer',
      'storage',
      'signatures',
      'ledger',
      'chain',
      'config',
    ),
    {
      ...mayImport('client', 'chain'),
      to: { path: '^(src|test|bench|scripts)/', pathNot: [rooms('client', 'chain'), CLOCK] },
    },
    mayImport('export', 'audit', 'follower', 'signatures', 'static', 'storage', 'peer', 'ledger', 'chain'),
    mayImport(
      'cli',
      'access',
      'backup',
      'client',
      'audit',
      'export',
      'static',
      'peer',
      'keys',
      'logging',
      'ledger',
      'chain',
      'config',
      'teaching',
    ),
    mayImport('config', 'ledger', 'chain'),
    mayImport('teaching', 'http', 'logging', 'config'),
    {
      name: 'teaching-takes-of-http-what-knows-no-ledger',
      comment:
        'Proof of work and proof of stake are other chains: they share a server with ours, and no idea.',
      severity: 'error',
      from: { path: room('teaching'), pathNot: TESTS },
      to: {
        path: room('http'),
        pathNot:
          '^src/http/((dto/problem\\.dto|openapi/(api-problems|swagger)|requests/request|server/(?!core\\.module)[^/]*)\\.ts$)',
      },
    },
    {
      name: 'only-main-starts-teaching',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/main\\.ts$', '^src/cli/compare-command\\.ts$', room('teaching'), TESTS],
      },
      to: { path: room('teaching') },
    },
    {
      name: 'main-loads-a-producer-only-when-it-needs-one',
      comment: 'A follower without a chain of its own has no code that seals, takes entries or holds a key.',
      severity: 'error',
      from: { path: '^src/', pathNot: [room('producer'), TESTS] },
      to: { path: room('producer'), dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'main-loads-a-witness-only-when-it-needs-one',
      comment: 'A follower that is no witness has no code that cosigns, and no key.',
      severity: 'error',
      from: { path: '^src/', pathNot: [room('witness'), TESTS] },
      to: { path: room('witness'), dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'explorer-imports-only-chain-and-client',
      comment: 'The explorer runs in a browser: what it checks, it checks with the code that followers run.',
      severity: 'error',
      from: { path: '^web/', pathNot: '^web/teaching/' },
      to: { path: '^(src|test|bench|scripts)/', pathNot: [rooms('chain', 'client'), CLOCK] },
    },
    {
      name: 'teaching-pages-import-only-types-of-what-they-show',
      severity: 'error',
      from: { path: '^web/teaching/' },
      to: {
        path: '^(src|test|bench|scripts)/',
        pathNot: '^src/teaching/classroom/state\\.ts$',
      },
    },
    {
      name: 'web-takes-few-packages',
      comment: 'And scrypt, which opens the file of a wallet.',
      severity: 'error',
      from: { path: '^web/(teaching/)?src/' },
      to: { path: '(^|/)node_modules/', pathNot: '(^|/)node_modules/(preact|uplot|vite|@noble/hashes)/' },
    },
    {
      name: 'the-model-of-the-simulation-shares-no-code-with-what-it-judges',
      severity: 'error',
      from: { path: '^simulation/model/', pathNot: TESTS },
      to: { pathNot: ['^simulation/model/'], dependencyTypesNot: ['core', 'type-only'] },
    },
    {
      name: 'nobody-imports-the-simulation',
      severity: 'error',
      from: { path: '^(src|web|test|bench)/' },
      to: { path: '^simulation/' },
    },
    { name: 'nobody-imports-web', severity: 'error', from: { path: '^src/' }, to: { path: '^web/' } },
    {
      name: 'chain-runs-anywhere',
      comment: 'The CLI and a browser run it too: a few pure packages and nothing of Node but its types.',
      severity: 'error',
      from: { path: room('chain'), pathNot: TESTS },
      to: {
        pathNot: ['^src/', '(^|/)node_modules/(@noble/|@scure/base/)'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'client-runs-anywhere',
      comment: 'As the chain: what a browser has, and noble for signing.',
      severity: 'error',
      from: { path: room('client'), pathNot: TESTS },
      to: { pathNot: ['^src/', '(^|/)node_modules/@noble/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'ledger-does-no-io',
      severity: 'error',
      from: { path: room('ledger'), pathNot: TESTS },
      to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'database-only-in-storage-and-its-audit',
      severity: 'error',
      from: {
        pathNot: [
          rooms('storage', 'generated'),
          '^src/audit/(scratch\\.ts$|database/)',
          '^src/teaching/store/',
          '^simulation/disk/',
          TESTS,
        ],
      },
      to: {
        path: ['^src/generated/', '(^|/)node_modules/(@prisma|prisma|better-sqlite3|@types/better-sqlite3)/'],
      },
    },
    {
      name: 'not-to-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: ['^test/', TESTS] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      // The generated client is as Prisma wrote it.
      from: { pathNot: room('generated') },
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '^src/main\\.ts$',
          '^src/cli/main\\.ts$',
          '^src/signatures/worker\\.ts$',
          '^src/teaching/pow/mining-worker\\.ts$',
          // Types that the compiler finds by itself.
          '\\.d\\.ts$',
          TESTS,
          room('generated'),
        ],
      },
      to: {},
    },
    {
      name: 'not-to-dev-dep',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-to-undeclared',
      severity: 'error',
      from: { path: '^src/', pathNot: room('generated') },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: { path: '^(src|web)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^src/generated'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.css'],
    },
    moduleSystems: ['es6', 'cjs'],
  },
};
