/** Receiving: the content of a message, checked as it streams into the spool. */
import { ContentScanner } from '../mail/content.ts'
import { type Reply, reply } from '../mail/reply.ts'
import { diskProblem, isDiskFull } from '../queue/disk.ts'
import type { Incoming } from '../queue/incoming.ts'
import type { ContentSource } from './protocol.ts'

export interface Received {
  /** It holds bytes above 127. */
  readonly eightBit: boolean
}

/** RFC 5321 section 6.3: a message that has passed so many servers runs in a circle. */
const MAX_RECEIVED = 100

/** Bytes: so much of a refused message is read beyond the limit, so that most clients hear the reply where they expect it. */
const SURPLUS = 1024 ** 2

/**
 * Reads the content to its end, also when the message is already refused: the reply comes after the final dot, or
 * ends the connection when there is no end to it. Never rejects. Nothing is being written to `incoming` any more when
 * it resolves.
 */
export async function receive(
  content: ContentSource,
  incoming: Incoming,
  maxMessageSize: number,
): Promise<Received | Reply> {
  const scanner = new ContentScanner()
  let refusal: Reply | undefined
  let bytes = 0
  const refuse = (error: unknown) => {
    refusal = diskRefusal(error)
  }
  const broken = await content.read(piece => {
    bytes += piece.length
    if (!refusal) {
      scanner.scan(piece)
      refusal = contentRefusal(scanner, maxMessageSize)
    }
    if (!refusal) return incoming.write(piece)?.catch(refuse)
    if (bytes > maxMessageSize + SURPLUS) content.stop(refusal)
    return undefined
  })
  if (broken) return broken
  scanner.end()
  return refusal ?? contentRefusal(scanner, maxMessageSize) ?? { eightBit: scanner.eightBit }
}

function contentRefusal(scanner: ContentScanner, maxMessageSize: number): Reply | undefined {
  if (scanner.bytes > maxMessageSize) return tooLarge(maxMessageSize)
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

/** RFC 1870 section 6; announced or found. */
export function tooLarge(limit: number): Reply {
  return reply(552, '5.3.4', `The message is larger than the ${limit} bytes this server takes`)
}

/** RFC 3463: X.3.1 where the disk is full, X.3.0 for what else it says. */
export function diskRefusal(error: unknown): Reply {
  return reply(452, isDiskFull(error) ? '4.3.1' : '4.3.0', diskProblem(error, 'keep the message'))
}
