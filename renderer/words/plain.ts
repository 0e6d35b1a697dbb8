/** Lists, counts, sizes and times as people say them. */
import { dateWords, dayOfMonth, hourAndMinute, weekday } from './dates.ts'

/** `a, b and c`. */
export function enumerate(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), words.at(-1) ?? ''].filter(part => part !== '').join(' and ')
}

/** What a binding's address stands for. */
export function addressWords(address: string): string {
  if (address === '0.0.0.0') return 'every IPv4 address'
  return address === '::' ? 'every IPv6 address' : address
}

/** `12,345`; of a whole number. */
export function amountWords(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 change`, `3 changes`; number and word never part. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amountWords(amount)}\u00a0${amount === 1 ? one : many}`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `18 KB`, never apart, with 1,024 bytes to a KB as file managers count. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return count(bytes, 'byte')
  const units = ['KB', 'MB', 'GB']
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10))
  const amount = bytes / 1024 ** power
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)}\u00a0${units[power - 1]}`
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** `just now`, `5 minutes ago`, `in 2 hours`; beyond a week the date. */
export function relativeTime(time: number, now: number): string {
  const away = Math.abs(now - time)
  if (away < 45_000) return now >= time ? 'just now' : 'in a moment'
  if (away > 7 * day) return dateWords(time)
  const [size, name] =
    away < hour - minute / 2
      ? ([minute, 'minute'] as const)
      : away < day - hour / 2
        ? ([hour, 'hour'] as const)
        : ([day, 'day'] as const)
  const words = count(Math.max(1, Math.round(away / size)), name)
  return now >= time ? `${words} ago` : `in ${words}`
}

/** `Today`, `Yesterday`, `Monday 3 March`. */
export function dayWords(time: number, now: number): string {
  const then = new Date(time).toDateString()
  if (then === new Date(now).toDateString()) return 'Today'
  if (then === new Date(now - day).toDateString()) return 'Yesterday'
  return `${weekday(time)} ${dayOfMonth(time)}`
}

/** `since 14:05` today, `since Monday` this week, else since the date. */
export function sinceWords(time: number, now: number): string {
  if (new Date(time).toDateString() === new Date(now).toDateString()) return `since ${hourAndMinute(time)}`
  return `since ${now - time < 6 * day ? weekday(time) : dateWords(time)}`
}
