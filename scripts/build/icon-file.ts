/** The files that hold an icon in several sizes: ICO of Windows and ICNS of macOS. */
import type { Drawing } from './drawing.ts'

/** The types that hold a PNG, by its size in pixels; one picture serves twice where a Retina size equals a plain one. */
const icnsTypes: Readonly<Record<number, readonly string[]>> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
}

/** Each part is a type of four letters, the length with these eight bytes, big-endian, and the content. */
export function icnsFile(drawings: readonly Drawing[]): Buffer {
  const parts = drawings.flatMap(({ size, png }) => (icnsTypes[size] ?? []).map(type => part(type, png)))
  return part('icns', Buffer.concat(parts))
}

function part(type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.write(type, 'latin1')
  head.writeUInt32BE(8 + content.length, 4)
  return Buffer.concat([head, content])
}

/** A directory of six bytes, sixteen for each picture, then the pictures; little-endian. */
export function icoFile(drawings: readonly Drawing[]): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(drawings.length, 4)
  const pictures = drawings.map(drawing => (drawing.size < 256 ? bitmap(drawing) : Buffer.from(drawing.png)))
  let at = head.length + 16 * drawings.length
  const entries = drawings.map(({ size }, index) => {
    const length = pictures[index]?.length ?? 0
    const entry = Buffer.alloc(16)
    // 256 is written as 0.
    entry.writeUInt8(size % 256, 0)
    entry.writeUInt8(size % 256, 1)
    entry.writeUInt16LE(1, 4)
    entry.writeUInt16LE(32, 6)
    entry.writeUInt32LE(length, 8)
    entry.writeUInt32LE(at, 12)
    at += length
    return entry
  })
  return Buffer.concat([head, ...entries, ...pictures])
}

/** A BITMAPINFOHEADER, 32 bits a pixel from the bottom, and the mask of old, which is empty: opacity is in the pixels. */
function bitmap({ size, rgba }: Drawing): Buffer {
  const head = Buffer.alloc(40)
  head.writeUInt32LE(40, 0)
  head.writeInt32LE(size, 4)
  // Twice, for picture and mask.
  head.writeInt32LE(2 * size, 8)
  head.writeUInt16LE(1, 12)
  head.writeUInt16LE(32, 14)
  const pixels = Buffer.alloc(4 * size * size)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [red, green, blue, opacity] = straight(rgba, 4 * (y * size + x))
      pixels.set([blue, green, red, opacity], 4 * ((size - 1 - y) * size + x))
    }
  }
  const mask = Buffer.alloc(size * 4 * Math.ceil(size / 32))
  return Buffer.concat([head, pixels, mask])
}

/** The colours no longer multiplied by the opacity. */
function straight(rgba: Uint8Array, at: number): readonly [number, number, number, number] {
  const opacity = rgba[at + 3] ?? 0
  const colour = (channel: number) =>
    opacity === 0 ? 0 : Math.min(255, Math.round((255 * (rgba[at + channel] ?? 0)) / opacity))
  return [colour(0), colour(1), colour(2), opacity]
}
