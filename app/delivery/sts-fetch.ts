/** Fetching an MTA-STS policy: one file over HTTPS, within bounds (RFC 8461 section 3.3). */
import { ASKING } from '../tls/strength.ts'

export interface StsFetch {
  /** The policy host: `mta-sts.example.com`. */
  readonly host: string
  readonly address: string
  readonly signal: AbortSignal
}

export interface StsFetchRules {
  /** 443; a test has its own. */
  readonly port: number
  /** Milliseconds for all of it. */
  readonly patience: number
  /** PEM of the authorities to trust in place of the system's. */
  readonly ca?: string
}

export const STS_FETCH: StsFetchRules = { port: 443, patience: 60_000 }

/** Bytes. */
const LARGEST = 64 * 1024

/** Rejects with an error whose message says why in a few words; a redirect is not followed. */
export async function fetchPolicyText(
  { host, address, signal }: StsFetch,
  rules: StsFetchRules,
): Promise<string> {
  const { port, patience, ca } = rules
  // Few offices send directly: it would hold up the start of all.
  const { request } = await import('node:https')
  const ends = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{
        host: address,
        port,
        servername: host,
        path: '/.well-known/mta-sts.txt',
        agent: false,
        signal: ends,
      },
      ...{
        headers: { host: port === 443 ? host : `${host}:${port}`, accept: 'text/plain' },
        ...ASKING,
      },
      ...(ca !== undefined && { ca }),
    })
    const fail = (why: string) => {
      asked.destroy()
      reject(new Error(why))
    }
    asked.on('error', reject)
    asked.on('response', response => {
      const type = response.headers['content-type'] ?? ''
      if (response.statusCode !== 200) return fail(`the policy host answers ${response.statusCode}`)
      if (!/^text\/plain\s*(?:;|$)/i.test(type)) return fail('the policy host answers with no plain text')
      const pieces: Buffer[] = []
      let size = 0
      response.on('error', reject)
      response.on('data', (piece: Buffer) => {
        size += piece.length
        if (size > LARGEST) return fail('the policy is too large')
        pieces.push(piece)
      })
      response.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')))
    })
    asked.end()
  })
}
