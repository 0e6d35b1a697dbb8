/** Builds dist/postern.cjs, the command line, from app/. */
import { build } from 'esbuild'

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
