/** Builds the window's pages from renderer/ into dist/renderer. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  // Whoever serves the pages puts a nonce of its own in this place, and in the policy it sends.
  html: { cspNonce: 'POSTERN-NONCE' },
  build: { outDir: '../dist/renderer', emptyOutDir: true, chunkSizeWarningLimit: 1500, modulePreload: false },
})
