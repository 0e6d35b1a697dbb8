/** Builds dist/postern.js, the command line, from app/. */
import { build } from 'esbuild'

await build({
  entryPoints: ['app/command/main.ts'],
  outfile: 'dist/postern.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // CommonJS libraries in the bundle call require for Node's own modules.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)",
  },
  logLevel: 'warning',
})
