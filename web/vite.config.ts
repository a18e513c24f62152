/** Builds the explorer into one folder that a node serves (src/http/server/explorer.ts). No plugin: Vite compiles Preact's JSX by itself. */
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/explorer/',
  build: {
    // `scripts/build.mjs` says where.
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // A data: URL would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
  server: {
    // `npx vite web` beside a node: the page from here, the rest from there.
    proxy: Object.fromEntries(
      [
        '/chains',
        '/transactions',
        '/information',
        '/wallets',
        '/addresses',
        '/supply',
        '/nodes',
        '/network',
        '/faults',
      ]
        .concat(['/health', '/search', '/mine', '/events', '/api'])
        .map((path) => [path, 'http://127.0.0.1:5000']),
    ),
  },
});
