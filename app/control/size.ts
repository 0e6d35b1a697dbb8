/** A size as a person reads it: `812 B`, `12.3 KB`, `25 MB`, in powers of 1000. */
const names = ['B', 'KB', 'MB', 'GB']

export function formatSize(bytes: number): string {
  let value = bytes
  let at = 0
  while (value >= 999.5 && at < names.length - 1) {
    value /= 1000
    at += 1
  }
  const digits = at > 0 && value < 99.95 ? 1 : 0
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${names[at]}`
}
