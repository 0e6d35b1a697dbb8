/** Hands node:test's events on as JSON lines, for suite.ts; JavaScript because Node loads reporters before tsx. */
import { inspect } from 'node:util'

/** @param {AsyncIterable<{ type: string, data: Record<string, any> | undefined }>} source */
export default async function* reporter(source) {
  for await (const { type, data } of source) {
    const error = data?.details?.error
    const fact = {
      type,
      file: data?.file,
      name: data?.name,
      kind: data?.details?.type,
      skip: data?.skip,
      todo: data?.todo,
      message: data?.message,
      ...(error && { error: { type: error.failureType, text: inspect(error.cause ?? error) } }),
    }
    yield `${JSON.stringify(fact)}\n`
  }
}
