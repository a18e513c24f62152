/** Builds the pages of the teaching chains, each a file of its own that its server serves (src/teaching/http/pages.ts). */
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: '../public',
  build: {
    // `scripts/build.mjs` says where.
    outDir: '../../dist/teaching/web',
    emptyOutDir: true,
    target: 'es2023',
    // A data: URL would need an exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    rolldownOptions: { input: ['wallet.html', 'classroom.html'] },
  },
});
