/** Durations and sizes as people write them in the settings, to milliseconds and bytes and back. */

const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * 1 MB is 1,048,576 bytes, written MB or MiB: file managers count so, and a limit read generously never refuses a
 * file that its sender sees as within it.
 */
const sizeUnits = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const

/** Milliseconds of `90s`, `15m`, `4h`, `5d` or `250ms`; undefined when it isn't a duration. */
export function parseDuration(text: string): number | undefined {
  const found = /^(\d{1,15})(ms|s|m|h|d)$/.exec(text)
  if (!found) return undefined
  return safe(Number(found[1]) * durationUnits[found[2] as keyof typeof durationUnits])
}

/** The shortest exact way to write so many milliseconds: `90s`, `4h`. */
export function formatDuration(milliseconds: number): string {
  return shortest(milliseconds, durationUnits, 's')
}

/** Bytes of `25000000`, `"25MB"`, `"512KB"`, `"1GB"` or `"10MiB"`; undefined when it isn't a size. */
export function parseSize(size: number | string): number | undefined {
  if (typeof size === 'number') return Number.isSafeInteger(size) && size >= 0 ? size : undefined
  const found = /^(\d{1,15}) ?(?:([KMG])i?)?B?$/i.exec(size)
  if (!found) return undefined
  const unit = `${found[2] ?? ''}B`.toUpperCase() as keyof typeof sizeUnits
  return safe(Number(found[1]) * sizeUnits[unit])
}

/** The shortest exact way to write so many bytes: `25MB`, `1000B`. */
export function formatSize(bytes: number): string {
  return shortest(bytes, sizeUnits, 'B')
}

/** About so many bytes, for a person to read: `812 B`, `12.3 KB`, `25 MB`, in powers of 1000. */
export function roundSize(bytes: number): string {
  const names = ['B', 'KB', 'MB', 'GB']
  let [value, at] = [bytes, 0]
  while (value >= 999.5 && at < names.length - 1) {
    value /= 1000
    at += 1
  }
  const digits = at > 0 && value < 99.95 ? 1 : 0
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${names[at]}`
}

function shortest(amount: number, units: Readonly<Record<string, number>>, zero: string): string {
  const unit = Object.entries(units).findLast(([, factor]) => amount % factor === 0)
  return amount === 0 || !unit ? `${amount}${zero}` : `${amount / unit[1]}${unit[0]}`
}

function safe(amount: number): number | undefined {
  return Number.isSafeInteger(amount) ? amount : undefined
}
