/** The icons of the packages hold each size, as the drawing shows it. */
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { draw } from '../../../scripts/build/drawing.ts'
import { icnsFile, icoFile } from '../../../scripts/build/icon-file.ts'
import { drawIcons } from '../../../scripts/build/icons.ts'
import { makeFolder } from '../../support/folder.ts'
import { runProcess } from '../../support/process.ts'

/** The upper half red, the lower half half-transparent green. */
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h2v1H0z" fill="#c62828"/>
  <path d="M0 1h2v1H0z" fill="#206040" fill-opacity="0.5"/></svg>`

const pngHead = Buffer.from('89504e470d0a1a0a', 'hex')

/** Width and height. */
function sizeOfPng(png: Buffer): [number, number] {
  assert.deepEqual(png.subarray(0, 8), pngHead)
  return [png.readUInt32BE(16), png.readUInt32BE(20)]
}

test('each system gets its icons from the drawing', async t => {
  const folder = await makeFolder(t)
  await mkdir(join(folder, 'tray'))
  for (const name of ['postern.svg', 'tray/plain-16.svg']) await writeFile(join(folder, name), svg)
  await drawIcons(folder, folder)
  const sizes = [16, 24, 32, 48, 64, 128, 256, 512]
  const names = sizes.map(size => `${size}x${size}.png`)
  assert.deepEqual((await readdir(join(folder, 'linux'))).sort(), names.sort())
  for (const size of sizes)
    assert.deepEqual(sizeOfPng(await readFile(join(folder, 'linux', `${size}x${size}.png`))), [size, size])
  assert.equal((await readFile(join(folder, 'postern.icns'))).toString('latin1', 0, 4), 'icns')
  assert.equal((await readFile(join(folder, 'postern.ico'))).readUInt16LE(4), 8)
})

test('an ICNS file has a picture of each type, of the size that the type stands for', () => {
  const file = icnsFile([16, 32, 64, 128, 256, 512, 1024].map(size => draw(svg, size)))
  assert.equal(file.readUInt32BE(4), file.length)
  const found: Record<string, number> = {}
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
    const [width] = sizeOfPng(file.subarray(at + 8, at + file.readUInt32BE(at + 4)))
    found[file.toString('latin1', at, at + 4)] = width
  }
  const retina = { ic11: 32, ic12: 64, ic13: 256, ic14: 512, ic10: 1024 }
  assert.deepEqual(found, { icp4: 16, icp5: 32, ic07: 128, ic08: 256, ic09: 512, ...retina })
})

test('an ICO file is read by another program, with the colours and the transparency of the drawing', async t => {
  const folder = await makeFolder(t)
  const file = join(folder, 'icon.ico')
  await writeFile(file, icoFile([16, 24, 48, 256].map(size => draw(svg, size))))
  const { stdout } = await runProcess(t, ['identify', '-format', '%wx%h\\n', file])
  assert.deepEqual(stdout.trim().split('\n'), ['16x16', '24x24', '48x48', '256x256'])
  for (const index of [0, 1, 2, 3]) {
    const last = [16, 24, 48, 256][index] ?? 0
    const pixel = `%[hex:p{1,1}] %[hex:p{1,${last - 2}}]\\n`
    const colours = await runProcess(t, [
      'convert',
      `${file}[${index}]`,
      '-depth',
      '8',
      '-format',
      pixel,
      'info:',
    ])
    assert.match(colours.stdout, /^C62828(FF)? (1F|20)(5F|60)(3F|40)(7F|80)$/m, colours.stderr)
  }
})
