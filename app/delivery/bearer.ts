/** Logging on with a token: XOAUTH2 as Google and Microsoft describe it, and OAUTHBEARER (RFC 7628). */

export type BearerMethod = 'XOAUTH2' | 'OAUTHBEARER'

/** What of a log-on is asked on a connection. */
export interface Bearer {
  readonly user: string
  readonly token: string
  readonly host: string
  readonly port: number
}

/** A server that has both knows them well; undefined where it has neither. */
export function bearerMethod(offered: readonly string[]): BearerMethod | undefined {
  const methods: readonly BearerMethod[] = ['XOAUTH2', 'OAUTHBEARER']
  return methods.find(method => offered.includes(method))
}

/** The initial response, in base64 (RFC 4954 section 4). */
export function initialResponse(method: BearerMethod, { user, token, host, port }: Bearer): string {
  const text =
    method === 'XOAUTH2'
      ? `user=${user}\x01auth=Bearer ${token}\x01\x01`
      : `n,a=${saslName(user)},\x01host=${host}\x01port=${port}\x01auth=Bearer ${token}\x01\x01`
  return Buffer.from(text).toString('base64')
}

/** The answer to a challenge that tells why it failed: only then comes the refusal (RFC 7628 section 3.2.3). */
export function afterChallenge(method: BearerMethod): string {
  return method === 'XOAUTH2' ? '' : Buffer.from('\x01').toString('base64')
}

/** Why it failed, as the challenge's JSON says (RFC 7628 section 3.2.2); undefined where it is none. */
export function challengeWords(challenge: string): string | undefined {
  try {
    const text = Buffer.from(challenge.trim(), 'base64').toString()
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    return Object.entries(value)
      .filter(([, one]) => typeof one === 'string' || typeof one === 'number')
      .map(([name, one]) => `${name} ${one}`.replace(/[^ -~]+/g, ' ').slice(0, 200))
      .slice(0, 6)
      .join(', ')
  } catch {
    return undefined
  }
}

/** RFC 5801 section 4: these two signs would end the name. */
function saslName(user: string): string {
  return user.replaceAll('=', '=3D').replaceAll(',', '=2C')
}
