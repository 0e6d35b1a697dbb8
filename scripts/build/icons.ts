/** The icons of the packages: the app's drawing in the files and sizes that Linux, Windows and macOS want. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Drawing, draw } from './drawing.ts'
import { icnsFile, icoFile } from './icon-file.ts'

/** Pixels; Icon Theme Specification's hicolor folders. */
const linux = [16, 24, 32, 48, 64, 128, 256, 512]
const windows = [16, 20, 24, 32, 40, 48, 64, 256]
const mac = [16, 32, 64, 128, 256, 512, 1024]

/** Drawn on a grid of 16 pixels, as the tray's is, their lines fall between pixels and not upon them. */
const onSmallGrid = [16, 32, 64]

/** `from` is the folder of the drawings. */
export async function drawIcons(from: string, to: string): Promise<void> {
  const large = await readFile(join(from, 'postern.svg'), 'utf8')
  const small = await readFile(join(from, 'tray', 'plain-16.svg'), 'utf8')
  const drawings = new Map<number, Drawing>()
  const at = (pixels: number): Drawing => {
    const drawing = drawings.get(pixels) ?? draw(onSmallGrid.includes(pixels) ? small : large, pixels)
    drawings.set(pixels, drawing)
    return drawing
  }
  await mkdir(join(to, 'linux'), { recursive: true })
  for (const pixels of linux) await writeFile(join(to, 'linux', `${pixels}x${pixels}.png`), at(pixels).png)
  await writeFile(join(to, 'postern.ico'), icoFile(windows.map(at)))
  await writeFile(join(to, 'postern.icns'), icnsFile(mac.map(at)))
}
