/** The tray's pictures, in the sizes that each system wants. */
import { join } from 'node:path'
import { type NativeImage, nativeImage } from 'electron'
import type { TrayState } from './tray-state.ts'

/** Pixels for each scale factor; all of them are built. */
const sizes: Readonly<Record<string, readonly (readonly [scale: number, pixels: number])[]>> = {
  darwin: [
    [1, 16],
    [2, 32],
  ],
  win32: [
    [1, 16],
    [1.5, 24],
    [2, 32],
  ],
  // Over D-Bus Electron hands on the largest only; half of it is exactly what most panels show.
  linux: [
    [1, 22],
    [2, 44],
  ],
}

/** `dark` is the panel, not the picture; macOS colours its own. */
export function trayImage(folder: string, state: TrayState, dark: boolean): NativeImage {
  const mac = process.platform === 'darwin'
  const panel = mac ? 'template' : dark ? 'dark' : 'light'
  const image = nativeImage.createEmpty()
  for (const [scaleFactor, pixels] of sizes[process.platform] ?? sizes['linux'] ?? []) {
    const buffer = nativeImage.createFromPath(join(folder, `${state}-${panel}-${pixels}.png`)).toPNG()
    image.addRepresentation({ scaleFactor, width: pixels, height: pixels, buffer })
  }
  if (mac) image.setTemplateImage(true)
  return image
}
