/** Builds dist/: the command line from app/, and the window's pages from renderer/. */
import { build } from 'esbuild'
import { build as buildPages } from 'vite'

await build({
  entryPoints: ['app/command/main.ts'],
  outfile: 'dist/postern.cjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
})

await buildPages({ logLevel: 'warn' })
