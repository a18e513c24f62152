import { builtinModules } from 'node:module';
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const nodeGlobals = [
  'AbortController AbortSignal Buffer Event EventTarget Headers Request Response TextDecoder TextEncoder URL',
  'URLSearchParams WebAssembly clearInterval clearTimeout console crypto fetch performance process queueMicrotask',
  'setImmediate setInterval setTimeout structuredClone',
].flatMap((names) => names.split(' '));
const readonly = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

// A later block of ESLint's configuration replaces a rule of an earlier one, it doesn't add to it. So what is
// forbidden is kept in these lists, and each room below names all of its own.
const readsTheEnvironment = [
  "MemberExpression[object.name='process'][property.name='env']",
  "VariableDeclarator[init.name='process'] Property[key.name='env']",
  "ImportDeclaration[source.value=/^(node:)?process$/] ImportSpecifier[imported.name='env']",
].map((selector) => ({ selector, message: 'Only src/config reads the environment.' }));
const readsTheClock = [
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.name='Date']",
].map((selector) => ({ selector, message: 'Time is an argument here.' }));
const clockAndChance = [
  { object: 'Date', property: 'now', message: 'Time is an argument here.' },
  ...['hrtime', 'uptime'].map((property) => ({
    object: 'process',
    property,
    message: 'Time is an argument here.',
  })),
  { object: 'Math', property: 'random', message: 'Randomness is an argument here.' },
  ...['getRandomValues', 'randomBytes', 'randomInt', 'randomUUID', 'randomFill', 'randomFillSync'].map(
    (property) => ({
      property,
      message: 'Randomness is an argument here.',
    }),
  ),
];
const timers = ['performance', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout'].map((name) => ({
  name,
  message: 'Time is an argument here, and loops belong to the roles.',
}));

// A chain's kind is a value: code that differs by kind asks src/chain/contract/kinds.ts.
const kind = ['name', 'property.name', 'expression.property.name']; // kind, chain.kind, chain?.kind
const comparesKinds = kind
  .flatMap((place) => [
    `BinaryExpression[operator=/^[!=]==?$/][left.${place}='kind'][right.value=/^(token|information)$/]`,
    `BinaryExpression[operator=/^[!=]==?$/][right.${place}='kind'][left.value=/^(token|information)$/]`,
    `SwitchStatement[discriminant.${place}='kind'] > SwitchCase[test.value=/^(token|information)$/]`,
  ])
  .map((selector) => ({
    selector,
    message: 'Only src/chain/contract/kinds.ts compares a kind: ask its table or its guards.',
  }));

const byClock = (name) => ({ name, message: 'Take it from the Clock: tests turn that by hand.' });
const waits = ['performance', 'setInterval', 'setTimeout'].map(byClock);
const clocks = [
  { object: 'Date', property: 'now', message: byClock().message },
  { object: 'Math', property: 'random', message: byClock().message },
];

const tests = ['{test,bench}/**/*.ts', '**/*.spec.ts', '**/testing/**/*.ts'];

export default tseslint.config(
  {
    ignores: [
      '**/*.tmp/**',
      'bench/results/**',
      'coverage/**',
      'data/**',
      'dist/**',
      'src/generated/**',
      'test/openapi/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },

  // TypeScript: all of it is checked with its types.
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['prisma.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Nest's modules are empty classes with a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Strings by code point and DTOs into plain objects are spread on purpose.
      '@typescript-eslint/no-misused-spread': 'off',
      // `all<Row>(sql): Row[]` is how a database's rows get their types.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // DTOs are classes for Swagger's and class-validator's sake; an answer is a literal of that shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'web/**/*.{ts,tsx}'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...readsTheEnvironment, ...comparesKinds],
    },
  },
  {
    // Texts are escaped by construction: nothing may write markup past Preact.
    files: ['web/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'write', 'dangerouslySetInnerHTML'].map(
          (property) => ({ property, message: 'Texts from outside stay texts.' }),
        ),
      ],
      'no-restricted-syntax': [
        'error',
        ...readsTheEnvironment,
        ...comparesKinds,
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'Texts stay texts.' },
      ],
    },
  },
  {
    files: ['web/public/*.js'],
    languageOptions: { sourceType: 'script', globals: readonly(['document', 'localStorage']) },
  },
  {
    files: ['src/config/**/*.ts', 'bench/**/*.mjs'],
    rules: { 'no-restricted-syntax': ['error', ...comparesKinds] },
  },
  {
    // Time is one port (src/ledger/clock.ts). A process's last limits, its log and the classes' nodes have their own.
    files: ['src/{audit,cli,follower,http,peer,producer,signatures,storage}/**/*.ts'],
    ignores: [...tests, 'src/cli/main.ts'],
    rules: {
      'no-restricted-globals': ['error', ...waits],
      'no-restricted-properties': ['error', ...clocks],
    },
  },
  {
    // A simulated run depends on its seed alone.
    files: ['src/{chain,ledger}/**/*.ts', 'simulation/**/*.ts'],
    ignores: [...tests, 'src/ledger/system-clock.ts', 'simulation/main.ts'],
    rules: {
      'no-restricted-globals': ['error', ...timers],
      'no-restricted-properties': ['error', ...clockAndChance],
      'no-restricted-syntax': ['error', ...readsTheEnvironment, ...readsTheClock, ...comparesKinds],
    },
  },
  {
    files: ['src/{chain,client}/**/*.ts'],
    ignores: tests,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', ...builtinModules],
              allowTypeImports: true,
              message: 'This also runs in a browser: take nothing of Node but its types.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/client/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['Buffer', 'global', 'process', 'setImmediate'].map((name) => ({
          name,
          message: 'A browser has no such thing.',
        })),
        ...waits,
      ],
      'no-restricted-properties': ['error', ...clocks],
    },
  },

  // Tests and benches say wrong things on purpose, and read what they just wrote.
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-loss-of-precision': 'off',
      'no-restricted-syntax': ['error', ...comparesKinds],
    },
  },
  {
    files: ['src/chain/contract/kinds.ts'],
    rules: { 'no-restricted-syntax': ['error', ...readsTheEnvironment, ...readsTheClock] },
  },

  // Scripts and settings.
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: { globals: readonly(nodeGlobals) },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: readonly(['module', 'require']) },
  },
  prettier,
);
