/** Rewording: the replies that smtp-server gives by itself and a person can meet, in words and codes of ours. */
import { type Reply, reply } from '../mail/reply.ts'

const HOST_NAME = 'Give your host name of at most 255 characters, as in EHLO mail.example.com'
const NOT_PLAIN = 'AUTH PLAIN takes one word: user name and password in base64 as in RFC 4616'

/** By code and words of the library. EHLO and HELO are answered without a status (RFC 2034 section 4). */
const REPLIES: ReadonlyMap<string, Reply> = new Map([
  [
    '421 Timeout - closing connection',
    reply(421, '4.4.2', 'Nothing came for too long; closing the connection'),
  ],
  ['421 Server shutting down', reply(421, '4.3.2', 'The server is shutting down')],
  ['421 HTTP requests not allowed', reply(421, '4.7.0', 'This is a mail server; closing the connection')],
  [
    '421 Error: too many unrecognized commands',
    reply(421, '4.7.0', 'Too many unknown commands; closing the connection'),
  ],
  ['451 Error: internal server error', reply(451, '4.3.0', 'Something went wrong here - try again later')],
  ['500 Error: command not recognized', reply(500, '5.5.1', 'Command not recognized')],
  ['501 Error: syntax: EHLO hostname', reply(501, '', HOST_NAME)],
  ['501 Error: Syntax: HELO hostname', reply(501, '', HOST_NAME)],
  ['501 Error: Bad hostname syntax', reply(501, '', HOST_NAME)],
  ['501 Error: syntax: STARTTLS', reply(501, '5.5.4', 'STARTTLS takes no parameter')],
  ['501 Error: syntax: AUTH PLAIN token', reply(501, '5.5.4', NOT_PLAIN)],
  [
    '501 Error: syntax: AUTH LOGIN',
    reply(501, '5.5.4', 'AUTH LOGIN takes one word at most: the user name in base64'),
  ],
  [
    '501 Error: invalid userdata',
    reply(501, '5.5.4', 'That holds no user name and password as they should be'),
  ],
  ['501 Error: missing username', reply(501, '5.5.4', 'The user name is missing')],
  ['501 Authentication aborted', reply(501, '5.5.4', 'The log-on was cancelled')],
  ['503 Error: send HELO/EHLO first', reply(503, '5.5.1', 'EHLO or HELO comes first')],
  ['503 Error: TLS already active', reply(503, '5.5.1', 'TLS is active already')],
  [
    '504 Error: Unrecognized authentication type',
    reply(504, '5.5.4', 'Only AUTH PLAIN and AUTH LOGIN are offered'),
  ],
])

/** Undefined where the library's words stay. */
export function reworded(code: number, text: string): Reply | undefined {
  return REPLIES.get(`${code} ${text}`)
}
