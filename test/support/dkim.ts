/** DKIM as a receiver checks it: by mailauth, which asks a real DNS server for the key. */
import { Resolver } from 'node:dns/promises'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'

/** Of each signature `pass d=example.com s=mail a=rsa-sha256`, or why not. */
export async function verdictsOn(message: Buffer, dns: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  resolver.setServers([dns])
  const resolve = (name: string) => resolver.resolveTxt(name)
  const { results } = await dkimVerify(message, { resolver: resolve })
  return results.map(({ status, signingDomain, selector, info }) =>
    status.result === 'pass'
      ? `pass d=${signingDomain} s=${selector} a=${/header.a=(\S+)/.exec(info)?.[1]}`
      : `${status.result} ${status.comment ?? ''}`,
  )
}
