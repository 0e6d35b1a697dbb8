/** Queue ids: letters and digits that sort by time of arrival and are never given twice. */
import { randomInt } from 'node:crypto'

const DIGITS = '0123456789abcdefghijkmnpqrstuvwxyz'

function encode(value: number, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest = Math.floor(rest / DIGITS.length))
    text = DIGITS.charAt(rest % DIGITS.length) + text
  return text
}

const PER_MILLISECOND = DIGITS.length ** 2

export class IdSource {
  #time = 0
  #count = 0
  /** Tells two runs apart whose clocks overlap. */
  readonly #run = encode(randomInt(DIGITS.length ** 2), 2)

  /** Thirteen characters. */
  next(now: number): string {
    if (now > this.#time) {
      this.#time = now
      this.#count = 0
    } else if (++this.#count >= PER_MILLISECOND) {
      this.#time++
      this.#count = 0
    }
    return `${encode(this.#time, 9)}${encode(this.#count, 2)}${this.#run}`
  }
}
