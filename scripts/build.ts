/** Builds dist/: the command line, the app's main process with its preload and pictures, and the window's pages. */
import { existsSync } from 'node:fs'
import { type BuildOptions, build } from 'esbuild'
import { build as buildPages } from 'vite'
import { drawImages } from './build/images.ts'

const shared: BuildOptions = { bundle: true, target: 'node20', logLevel: 'warning' }

async function buildCommand(): Promise<void> {
  await build({
    ...shared,
    entryPoints: ['app/command/main.ts'],
    outfile: 'dist/postern.cjs',
    platform: 'node',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
  })
}

async function buildMain(): Promise<void> {
  const external = ['electron']
  await build({
    ...shared,
    entryPoints: ['main/main.ts'],
    outfile: 'dist/main/index.cjs',
    platform: 'node',
    format: 'cjs',
    external,
  })
  // A sandboxed preload has no modules but electron.
  await build({
    ...shared,
    entryPoints: ['main/preload.ts'],
    outfile: 'dist/main/preload.cjs',
    platform: 'node',
    format: 'iife',
    external,
  })
}

await buildCommand()
await buildMain()
await drawImages('assets', 'dist/main/images')
if (existsSync('renderer/index.html')) await buildPages({ logLevel: 'warn' })
