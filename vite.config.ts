/** Builds the window's pages from renderer/ into dist/renderer. */
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** The script as one that isn't a module: of those alone the window keeps all functions compiled, and not just what ran first. */
const plainScript: Plugin = {
  name: 'plain-script',
  transformIndexHtml: {
    order: 'post',
    handler: html => html.replace('<script type="module" crossorigin', '<script defer'),
  },
}

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react(), plainScript],
  // English, as all other words: react-aria's own way to find it takes as long as drawing the first page.
  resolve: {
    alias: [{ find: /^\.\/useDefaultLocale\.mjs$/, replacement: resolve('renderer/parts/locale.ts') }],
  },
  // Whoever serves the pages puts a nonce of its own in this place, and in the policy it sends.
  html: { cspNonce: 'POSTERN-NONCE' },
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1500,
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: { output: { format: 'iife' } },
  },
})
