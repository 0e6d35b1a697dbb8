/** An echo: a next hop's reply that says our password or token again. It goes no further than here. */

/** Characters; what is shorter would be found in words that only look like it. */
const SHORTEST = 6
/** The code, and the space or hyphen behind it (RFC 5321 section 4.2.1). */
const CODE = 4
const UNSAID = '***'

/** `reply` as the library has it, a character for each byte; the secret is looked for as it is and in base64. */
export function withoutEcho(reply: string, secret: string): string {
  if (secret.length < SHORTEST) return reply
  const bytes = Buffer.from(secret).toString('latin1')
  const text = reply.slice(CODE)
  const plain = [secret, bytes].reduce((rest, one) => rest.replaceAll(one, UNSAID), text)
  return reply.slice(0, CODE) + plain.replace(/[\w+/-]{8,}={0,2}/g, run => (holds(run, bytes) ? UNSAID : run))
}

/** Other letters may stand right before what was encoded. */
function holds(run: string, bytes: string): boolean {
  return [0, 1, 2, 3].some(from => Buffer.from(run.slice(from), 'base64').toString('latin1').includes(bytes))
}
