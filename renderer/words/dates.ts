/** Dates and times in English, written here: Chromium looks all languages through before it writes its first. */

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
] as const

/** `Monday`. */
export function weekday(time: number): string {
  return weekdays[new Date(time).getDay()] ?? ''
}

/** `8 March`. */
export function dayOfMonth(time: number): string {
  const then = new Date(time)
  return `${then.getDate()} ${months[then.getMonth()] ?? ''}`
}

/** `8 March 2027`. */
export function dateWords(time: number): string {
  return `${dayOfMonth(time)} ${new Date(time).getFullYear()}`
}

/** `14:05`. */
export function hourAndMinute(time: number): string {
  const then = new Date(time)
  return [then.getHours(), then.getMinutes()].map(twoDigits).join(':')
}

/** `14:05:09`. */
export function clockTime(time: number): string {
  return `${hourAndMinute(time)}:${twoDigits(new Date(time).getSeconds())}`
}

/** `Monday 8 March 2027, 14:05:09`. */
export function exactTime(time: number): string {
  return `${weekday(time)} ${dateWords(time)}, ${clockTime(time)}`
}

function twoDigits(amount: number): string {
  return String(amount).padStart(2, '0')
}
