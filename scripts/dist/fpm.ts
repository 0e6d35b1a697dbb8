/** Takes the place of fpm for electron-builder, with the same arguments, and has Debian's dpkg-deb make the package. */
import { parseArgs } from 'node:util'
import { writeDebianPackage } from './debian-package.ts'

const one = { type: 'string' } as const
const several = { type: 'string', multiple: true } as const

/** Strict, so that an argument which electron-builder gives one day isn't passed over. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    s: { ...one, short: 's' },
    t: { ...one, short: 't' },
    force: { type: 'boolean' },
    d: { ...several, short: 'd' },
    'deb-recommends': several,
    'deb-compression': one,
    'deb-priority': one,
    architecture: one,
    'after-install': one,
    'after-remove': one,
    description: one,
    version: one,
    package: one,
    name: one,
    maintainer: one,
    vendor: one,
    url: one,
    category: one,
    license: one,
  },
})

function need(name: 'architecture' | 'description' | 'version' | 'package' | 'name' | 'maintainer'): string {
  const value = values[name]
  if (value === undefined) throw new Error(`--${name} is missing.`)
  return value
}

if (values.s !== 'dir' || values.t !== 'deb') throw new Error('This makes a deb of a folder only.')

await writeDebianPackage(need('package'), {
  fields: {
    Package: need('name'),
    Version: need('version'),
    Architecture: need('architecture'),
    Maintainer: need('maintainer'),
    Depends: values.d?.join(', '),
    Recommends: values['deb-recommends']?.join(', '),
    Section: values.category,
    Priority: values['deb-priority'],
    Homepage: values.url,
    Description: need('description'),
  },
  scripts: { postinst: values['after-install'], postrm: values['after-remove'] },
  contents: positionals.map(mapping => {
    const at = mapping.lastIndexOf('=')
    return { from: mapping.slice(0, at), to: mapping.slice(at + 1) }
  }),
  // Only who is in a hurry asks for gz.
  compression: values['deb-compression'] === 'gz' ? ['-Zgzip', '-z1'] : ['-Zxz'],
})
