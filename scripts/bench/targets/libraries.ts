/** The libraries that Postern is built on, with the least around them that relays. */
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Place, Target } from '../place.ts'

export const libraries: Target = { name: 'libraries', prepare, version }

async function version(): Promise<string> {
  return `smtp-server and nodemailer alone on Node ${process.version}`
}

async function prepare({ folder, port, sinkPort }: Place): Promise<readonly string[]> {
  const outfile = join(folder, 'libraries.cjs')
  const entryPoints = [join(import.meta.dirname, '../libraries.ts')]
  await build({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'error' })
  return [process.execPath, outfile, `${port}`, `${sinkPort}`, join(folder, 'log')]
}
