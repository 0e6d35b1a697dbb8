/** What is packaged where, and the Debian package that our own dpkg-deb makes. */
import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { writeDebianPackage } from '../../../scripts/dist/debian-package.ts'
import { noticesOf } from '../../../scripts/dist/notices.ts'
import { type Place, packages, planOf } from '../../../scripts/dist/plan.ts'
import { makeFolder } from '../../support/folder.ts'
import { runProcess } from '../../support/process.ts'

const project = join(import.meta.dirname, '../../..')
const debian: Place = { platform: 'linux', isGitHubThere: false, sevenZip: '/usr/bin/7zz', hasDpkg: true }

describe('the plan', () => {
  test('of a Debian without the Internet has what needs no other tools, and a sentence for each of the rest', () => {
    const { built, sentences } = planOf(packages, debian)
    assert.deepEqual(built, ['deb', 'tar.gz'])
    assert.equal(sentences.length, packages.length - built.length)
    for (const sentence of sentences) assert.match(sentence, /^No (AppImage|nsis|dmg) is built: [^.]+\.$/)
  })

  test('of a machine with the Internet has all that its system can build', () => {
    const online = { ...debian, isGitHubThere: true, hasDpkg: false, sevenZip: undefined }
    assert.deepEqual(planOf(packages, online).built, ['deb', 'tar.gz', 'AppImage', 'nsis'])
    assert.deepEqual(planOf(packages, { ...online, platform: 'darwin' }).built, [...packages])
    assert.deepEqual(planOf(packages, { ...online, platform: 'win32' }).built, ['nsis'])
  })

  test('says which tool is missing', () => {
    const bare = { ...debian, hasDpkg: false, sevenZip: undefined }
    const { built, sentences } = planOf(['deb', 'tar.gz'], bare)
    assert.deepEqual(built, [])
    assert.match(sentences.join('\n'), /^No deb is built: .*dpkg-deb.*\.\nNo tar\.gz is built: .*7zz.*\.$/)
  })
})

test('a word that is no package is refused with the names of those that are', async t => {
  const command = [process.execPath, '--import=tsx', 'scripts/dist.ts', 'rpm']
  const { code, stderr } = await runProcess(t, command, { cwd: project })
  assert.equal(code, 1)
  assert.equal(stderr, `"rpm" is none of the packages ${packages.join(', ')}.\n`)
})

test('a Debian package has its fields, scripts, sums and files, all of them root’s', async t => {
  const folder = await makeFolder(t)
  const from = join(folder, 'from')
  await mkdir(join(from, 'sub'), { recursive: true })
  await writeFile(join(from, 'program'), 'one')
  await chmod(join(from, 'program'), 0o755)
  await writeFile(join(from, 'sub/text'), 'x'.repeat(1025))
  await symlink('../opt/it/program', join(folder, 'link'))
  await writeFile(join(folder, 'after'), '#!/bin/sh\n')
  const file = join(folder, 'it.deb')
  await writeDebianPackage(file, {
    fields: {
      Package: 'it',
      Version: '1.0~beta',
      Architecture: 'all',
      Maintainer: 'Somebody <a@example.com>',
      Recommends: undefined,
      Section: '',
      Description: 'Short\n Long',
    },
    scripts: { postinst: join(folder, 'after'), postrm: undefined },
    contents: [
      { from: `${from}/`, to: '/opt/it' },
      { from: join(folder, 'link'), to: '/bin/it' },
    ],
    compression: ['-Zgzip', '-z1'],
  })
  const run = async (...words: string[]) => (await runProcess(t, ['dpkg-deb', ...words])).stdout
  const fields = await run('--field', file)
  assert.match(fields, /^Package: it\nVersion: 1\.0~beta\n/)
  assert.match(fields, /^Installed-Size: 3$/m)
  assert.match(fields, /^Description: Short\n Long$/m)
  assert.doesNotMatch(fields, /Recommends|Section/)
  const list = await run('--contents', file)
  assert.match(list, /^-rwxr-xr-x root\/root +3 .* \.\/opt\/it\/program$/m)
  assert.match(list, /^lrwxrwxrwx root\/root .* \.\/bin\/it -> \.\.\/opt\/it\/program$/m)
  await run('--control', file, join(folder, 'control'))
  assert.deepEqual((await readdir(join(folder, 'control'))).sort(), ['control', 'md5sums', 'postinst'])
  await run('--extract', file, join(folder, 'root'))
  const sums = ['md5sum', '--check', '--strict', join(folder, 'control/md5sums')]
  const checked = await runProcess(t, sums, { cwd: join(folder, 'root') })
  assert.equal(checked.stdout, 'opt/it/program: OK\nopt/it/sub/text: OK\n')
  assert.deepEqual((await readdir(folder)).sort(), ['after', 'control', 'from', 'it.deb', 'link', 'root'])
})

test('the licences of all bundled libraries are brought along, those of their own libraries too', async () => {
  const text = noticesOf(project)
  const { dependencies } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
  for (const name of [...Object.keys(dependencies), 'electron-store', 'conf', 'scheduler'])
    assert.match(text, new RegExp(`^${name} \\d[^\\n]*, licence \\S`, 'm'), name)
  const notices = text.split(/\n-{80}\n\n/)
  const bare = notices.filter(one => !/(permission|redistribution|licen[cs]e.*version)/i.test(one.slice(80)))
  assert.ok(bare.length <= notices.length / 10, bare.join('\n'))
  assert.doesNotMatch(text, /^(electron|esbuild|typescript) \d/m)
})
