/** Builds dist/postern.cjs, the command line, from app/. */
import { chmod } from 'node:fs/promises'
import { build } from 'esbuild'

const outfile = 'dist/postern.cjs'

await build({
  entryPoints: ['app/command/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
})

// `npx postern` runs the file itself.
await chmod(outfile, 0o755)
