/** `npm run bench:policy`: measures the rules as they are shipped, in one file, for modules by themselves cost twice. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const folder = await mkdtemp(join(tmpdir(), 'postern-bench-'))
try {
  const outfile = join(folder, 'policy.mjs')
  await build({
    ...{ entryPoints: ['scripts/bench/policy.ts'], outfile, format: 'esm', logLevel: 'warning' },
    ...{ bundle: true, target: 'node20', platform: 'node', minifyWhitespace: true, minifySyntax: true },
    // What is CommonJS among the libraries may ask for Node's modules.
    banner: {
      js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
  })
  await import(pathToFileURL(outfile).href)
} finally {
  await rm(folder, { recursive: true, force: true })
}
