/** What went wrong with an authority, in a few words that fit into a sentence. */
import { errorCode } from '../settings/system-error.ts'

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not in the DNS',
  EAI_AGAIN: "the DNS doesn't answer",
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it broke off the connection',
  ECONNABORTED: 'it is silent',
  ETIMEDOUT: 'it is silent',
  ENETUNREACH: 'there is no way to it',
  EHOSTUNREACH: 'there is no way to it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody trusted has signed its certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody trusted has signed its certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody trusted has signed its certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody trusted has signed its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  CERT_HAS_EXPIRED: 'its certificate has expired',
}

/** Characters of what it says; some say a page. */
const LONGEST = 400

export function acmeFault(error: unknown): string {
  const known = WORDS[errorCode(error)]
  if (known !== undefined) return known
  const said = error instanceof Error ? error.message : String(error)
  const words = said
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST)
    .replace(/[.:\s]+$/, '')
  return words === '' ? 'it gave no reason' : words
}
