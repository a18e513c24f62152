// Plain CommonJS mode: see test/jest-transform.cjs.
/** @type {import('jest').Config} */
const common = {
  testEnvironment: 'node',
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  resolver: '<rootDir>/test/jest-resolver.cjs',
  transform: { '^.+\\.(ts|m?js)$': '<rootDir>/test/jest-transform.cjs' },
  transformIgnorePatterns: [],
  setupFiles: ['<rootDir>/test/jest-sqlite.cjs'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/data/'],
};

/** @type {import('jest').Config} */
export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/src/**/*.spec.ts',
        '<rootDir>/simulation/**/*.spec.ts',
        '<rootDir>/test/unit/**/*.spec.ts',
      ],
    },
    {
      ...common,
      displayName: 'browser',
      testMatch: ['<rootDir>/test/browser/**/*.browser.spec.ts'],
    },
    { ...common, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.e2e.spec.ts'] },
  ],
  reporters: ['default', '<rootDir>/test/jest-closing-line.cjs'],
  // For the network tests on a busy machine: a test that hangs is rare, and says so all the same.
  testTimeout: 120_000,
  maxWorkers: 2,
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts', '!src/generated/**', '!src/main.ts'],
  coverageProvider: 'v8',
  coverageReporters: ['text', 'lcov'],
};
