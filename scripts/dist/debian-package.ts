/** A Debian package, laid out in a folder and packed by dpkg-deb (deb(5), deb-control(5)). */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface DebianPackage {
  /** Of its control file, in this order; an undefined or empty one is left out. */
  readonly fields: Readonly<Record<string, string | undefined>>
  readonly scripts: Readonly<Record<string, string | undefined>>
  /** A folder's content where `from` ends in a slash, else a file or link; `to` is where it is installed. */
  readonly contents: readonly { readonly from: string; readonly to: string }[]
  /** As dpkg-deb is told it. */
  readonly compression: readonly string[]
}

export async function writeDebianPackage(file: string, made: DebianPackage): Promise<void> {
  // Beside the package, so that its files can be links to those packed.
  const root = await mkdtemp(join(dirname(file), 'deb-'))
  try {
    await chmod(root, 0o755)
    for (const { from, to } of made.contents) await lay(from, join(root, to))
    await writeControl(root, made)
    await run('dpkg-deb', ['--root-owner-group', ...made.compression, '--build', root, file])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function lay(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  if (!from.endsWith('/')) {
    await run('cp', ['--no-dereference', from, to])
    return
  }
  await mkdir(to, { recursive: true })
  await run('cp', ['--archive', '--link', `${from}.`, to])
}

async function writeControl(root: string, { fields, scripts }: DebianPackage): Promise<void> {
  const files = await filesIn(root)
  const folder = join(root, 'DEBIAN')
  await mkdir(folder)
  await writeFile(join(folder, 'md5sums'), files.map(({ sum, name }) => `${sum}  ${name}\n`).join(''))
  const kibibytes = files.reduce((sum, { size }) => sum + Math.ceil(size / 1024), 0)
  const lines = Object.entries({ ...fields, 'Installed-Size': `${kibibytes}` })
  const control = lines.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}\n`)
  await writeFile(join(folder, 'control'), control.join(''))
  for (const [name, from] of Object.entries(scripts)) {
    if (from === undefined) continue
    await copyFile(from, join(folder, name))
    await chmod(join(folder, name), 0o755)
  }
}

interface Packed {
  readonly name: string
  readonly size: number
  /** MD5, in hexadecimal. */
  readonly sum: string
}

/** Without links, as debsums wants it. */
async function filesIn(root: string): Promise<readonly Packed[]> {
  const packed: Packed[] = []
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const { size } = await lstat(path)
    const sum = createHash('md5')
      .update(await readFile(path))
      .digest('hex')
    packed.push({ name: relative(root, path), size, sum })
  }
  return packed.sort((one, other) => (one.name < other.name ? -1 : 1))
}
