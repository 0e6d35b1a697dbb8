/** The pictures of the tray and the window: drawn as SVG in assets/, built as PNG in the sizes that systems want. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { draw } from './drawing.ts'

const states = ['plain', 'letter', 'full', 'crossed'] as const

/** A drawing for 16 pixels and its double, one for 24 with a pixel of air around it, which 22 does without. */
const sizes = [
  { pixels: 16, grid: 16 },
  { pixels: 32, grid: 16 },
  { pixels: 22, grid: 24, viewBox: '1 1 22 22' },
  { pixels: 44, grid: 24, viewBox: '1 1 22 22' },
  { pixels: 24, grid: 24 },
  { pixels: 48, grid: 24 },
] as const

/** What stands for what, on a panel of that brightness; in the drawings the colours are those for a light one. */
const panels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  light: {},
  dark: {
    '#c62828': '#ef4444',
    '#8e1b1b': '#a32020',
    '#e08f8f': '#8a3a3a',
    '#ffffff': '#ffffff',
    '#3f4650': '#20242a',
  },
}

export async function drawImages(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const state of states) await drawState(join(from, 'tray'), to, state)
  const app = await readFile(join(from, 'postern.svg'), 'utf8')
  for (const pixels of [32, 128, 512])
    await writeFile(join(to, `postern-${pixels}.png`), draw(app, pixels).png)
}

async function drawState(from: string, to: string, state: string): Promise<void> {
  const template = await readFile(join(from, `${state}-template.svg`), 'utf8')
  for (const pixels of [16, 32])
    await writeFile(join(to, `${state}-template-${pixels}.png`), draw(template, pixels).png)
  for (const { pixels, grid, ...more } of sizes) {
    const source = await readFile(join(from, `${state}-${grid}.svg`), 'utf8')
    const cut = 'viewBox' in more ? source.replace(/viewBox="[^"]*"/, `viewBox="${more.viewBox}"`) : source
    for (const [panel, colours] of Object.entries(panels)) {
      await writeFile(join(to, `${state}-${panel}-${pixels}.png`), draw(recolour(cut, colours), pixels).png)
    }
  }
}

function recolour(svg: string, colours: Readonly<Record<string, string>>): string {
  return svg.replace(/#[0-9a-f]{6}/g, colour => colours[colour] ?? colour)
}
