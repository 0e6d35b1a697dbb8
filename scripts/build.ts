/** Builds dist/: the command line, the app's main process with its preload and pictures, and the window's pages. */
import { chmod } from 'node:fs/promises'
import { type BuildOptions, build } from 'esbuild'
import { build as buildPages } from 'vite'
import { buildApart } from './build/apart.ts'
import { drawImages } from './build/images.ts'

const shared: BuildOptions = { bundle: true, target: 'node20', platform: 'node', logLevel: 'warning' }

/** Small files are compiled sooner; names stay, for what a person may have to send us. */
const small: BuildOptions = { minifyWhitespace: true, minifySyntax: true }

async function buildCommand(): Promise<void> {
  const outfile = 'dist/postern.cjs'
  const banner = { js: '#!/usr/bin/env node' }
  await build({ ...shared, entryPoints: ['app/command/main.ts'], outfile, format: 'cjs', banner })
  // The thread for long lists, which the app has too.
  await build({
    ...shared,
    ...small,
    entryPoints: ['app/relay/clerk-thread.ts'],
    outfile: 'dist/clerk.cjs',
    format: 'cjs',
  })
  // `npx postern` runs the file itself.
  await chmod(outfile, 0o755)
}

async function buildMain(): Promise<void> {
  const electron: BuildOptions = { ...shared, ...small, external: ['electron'] }
  const folder = 'dist/main'
  await buildApart(electron, 'main/entry.ts', folder, 'index.cjs')
  await buildApart(electron, 'main/main.ts', folder, 'app.cjs')
  // A sandboxed preload has no modules but electron.
  const preload = `${folder}/preload.cjs`
  await build({ ...electron, entryPoints: ['main/preload.ts'], outfile: preload, format: 'iife' })
}

await buildCommand()
await buildMain()
await drawImages('assets', 'dist/main/images')
await buildPages({ logLevel: 'warn' })
