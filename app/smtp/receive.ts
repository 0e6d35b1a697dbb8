/** Receiving: the content of a message, checked as it streams into the spool. */
import type { Readable } from 'node:stream'
import { ContentScanner } from '../mail/content.ts'
import { type Reply, reply } from '../mail/reply.ts'
import { diskProblem, isDiskFull } from '../queue/disk.ts'
import type { Incoming } from '../queue/incoming.ts'

export interface Received {
  /** It holds bytes above 127. */
  readonly eightBit: boolean
}

/** RFC 5321 section 6.3: a message that has passed so many servers runs in a circle. */
const MAX_RECEIVED = 100

/**
 * Reads the stream to its end, also when the message is already refused: the reply comes after the final dot.
 * Never rejects. Resolves undefined when the client went away in the middle.
 */
export function receive(
  stream: Readable,
  incoming: Incoming,
  maxMessageSize: number,
): Promise<Received | Reply | undefined> {
  return new Promise(resolve => {
    const scanner = new ContentScanner()
    let refusal: Reply | undefined
    stream.on('data', (chunk: Buffer) => {
      if (refusal) return
      scanner.scan(chunk)
      refusal = contentRefusal(scanner, maxMessageSize)
      if (refusal) return
      const written = incoming.write(chunk)
      if (!written) return
      stream.pause()
      written
        .catch(error => {
          refusal = diskRefusal(error)
        })
        .finally(() => stream.resume())
    })
    stream.once('end', () => {
      scanner.end()
      refusal ??= contentRefusal(scanner, maxMessageSize)
      resolve(refusal ?? { eightBit: scanner.eightBit })
    })
    stream.once('error', () => resolve(undefined))
    stream.once('close', () => resolve(undefined))
  })
}

function contentRefusal(scanner: ContentScanner, maxMessageSize: number): Reply | undefined {
  if (scanner.bytes > maxMessageSize)
    return reply(552, '5.3.4', `The message is larger than the ${maxMessageSize} bytes this server takes`)
  if (scanner.receivedFields > MAX_RECEIVED)
    return reply(
      554,
      '5.4.6',
      `The message has passed more than ${MAX_RECEIVED} servers: it runs in a circle`,
    )
  const problem = scanner.problem
  return problem && reply(554, '5.6.0', `${PROBLEMS[problem.kind]} in line ${problem.line} of the message`)
}

/** RFC 5321 sections 2.3.8 and 4.5.2; what other servers make of such bytes is how mail is smuggled. */
const PROBLEMS = {
  'bare-lf': 'A line ends in LF without CR',
  'bare-cr': 'A CR stands without LF',
  nul: 'There is a NUL byte',
} as const

/** RFC 3463: X.3.1 where the disk is full, X.3.0 for what else it says. */
export function diskRefusal(error: unknown): Reply {
  return reply(452, isDiskFull(error) ? '4.3.1' : '4.3.0', diskProblem(error, 'keep the message'))
}
