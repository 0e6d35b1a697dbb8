/** Checks: how one is written down, and how long one may take. */
import type { Check } from './control.ts'

type Where = Pick<Check, 'path' | 'command'>

export function ok(name: string, text: string, where: Where = {}): Check {
  return { name, state: 'ok', text, ...where }
}

export function warning(name: string, text: string, where: Where = {}): Check {
  return { name, state: 'warning', text, ...where }
}

export function failed(name: string, text: string, where: Where = {}): Check {
  return { name, state: 'failed', text, ...where }
}

/** Rejects after `ms`; `work` is told by its signal then. */
export async function withinTime<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${ms / 1000} seconds`))
      end.abort()
    }, ms)
  })
  return Promise.race([work(end.signal), limit]).finally(() => clearTimeout(timer))
}
