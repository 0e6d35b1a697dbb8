/** What is waited for only as long as somebody wants it. */

/** Rejects at once when `signal` is aborted; what was begun goes on, and nobody hears of it. */
export function whileWanted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(new Error('not wanted any more'))
    if (signal.aborted) aborted()
    signal.addEventListener('abort', aborted)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}
