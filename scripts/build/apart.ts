/** Libraries that are loaded when they are used, each bundled into a file of its own beside the program. */
import type { BuildOptions, Plugin } from 'esbuild'
import { build } from 'esbuild'

/** What a program that is small starts sooner without. `folder` is where the program's file goes. */
export async function buildApart(options: BuildOptions, entryPoint: string, folder: string, name: string) {
  const libraries = new Map<string, string>()
  // Written as `require`, since the program runs as a script that has no loader of modules.
  const supported = { 'dynamic-import': false }
  const program = { entryPoints: [entryPoint], outfile: `${folder}/${name}`, plugins: [apart(libraries)] }
  await build({ ...options, ...program, supported, format: 'cjs' })
  for (const [library, file] of libraries) {
    const stdin = { contents: exported(library), resolveDir: process.cwd(), sourcefile: file }
    await build({ ...options, stdin, outfile: `${folder}/${file}`, format: 'cjs' })
  }
}

/** As `import()` gives it: Node takes for the default what a file exports, whatever its `default` is. */
function exported(library: string): string {
  return `const found = require(${JSON.stringify(library)})
module.exports = found.__esModule && found.default ? Object.assign(found.default, found) : found`
}

/** Notes each library of a dynamic import, and leaves it out. */
function apart(libraries: Map<string, string>): Plugin {
  return {
    name: 'apart',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ kind, path }) => {
        if (kind !== 'dynamic-import' || path.startsWith('node:') || path === 'electron') return undefined
        const file = `${path.replace(/\.js$/, '').replaceAll(/[^\w-]+/g, '-')}.cjs`
        libraries.set(path, file)
        return { path: `./${file}`, external: true }
      })
    },
  }
}
