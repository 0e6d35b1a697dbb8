/** Waiting for what has no event of its own, such as another program's file. */
import { setTimeout as sleep } from 'node:timers/promises'

/** The first value that isn't undefined, asked for every 10 ms; throws `what` after `timeout` milliseconds. */
export async function waitFor<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  timeout = 10_000,
): Promise<T> {
  for (const end = Date.now() + timeout; ; await sleep(10)) {
    const value = await ask()
    if (value !== undefined) return value
    if (Date.now() > end) throw new Error(`Waited ${timeout / 1000} s for ${what}.`)
  }
}
