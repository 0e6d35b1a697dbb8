/** Times as a person writes and reads them. */

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const units = { s: second, m: minute, h: hour, d: day }

/** `45s`, `12m`, `3h`, `2d` for a length in milliseconds, rounded down; negative ones count as none. */
export function span(length: number): string {
  if (length < minute) return `${Math.max(0, Math.floor(length / second))}s`
  if (length < hour) return `${Math.floor(length / minute)}m`
  if (length < 2 * day) return `${Math.floor(length / hour)}h`
  return `${Math.floor(length / day)}d`
}

/** `in 5m`, or `now` for a time that has come. */
export function untilThen(time: number, now: number): string {
  return time <= now ? 'now' : `in ${span(time - now)}`
}

/** `2024-05-01 09:30:00`, in this machine's time zone. */
export function stamp(time: number): string {
  const at = new Date(time)
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** Reads `90s`, `15m`, `2h`, `5d` as so long before `now`, or a date with or without a time; undefined when it is neither. */
export function parseSince(text: string, now: number): number | undefined {
  const length = /^(\d{1,9})([smhd])$/.exec(text)
  if (length) return now - Number(length[1]) * units[unitOf(length[2])]
  // A date alone would be taken as of Greenwich.
  const date = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(date)) return undefined
  const time = new Date(date).getTime()
  return Number.isNaN(time) ? undefined : time
}

function unitOf(letter: string | undefined): keyof typeof units {
  return letter === 's' || letter === 'm' || letter === 'h' ? letter : 'd'
}
