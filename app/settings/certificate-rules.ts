/** Where what the settings say of the certificate doesn't fit together. */
import { problem } from './addressing.ts'
import type { Draft } from './draft.ts'
import type { Checked } from './schema.ts'
import type { Problem } from './settings.ts'

type AcmeDraft = NonNullable<NonNullable<Draft<Checked>['certificate']>['acme']>

export function certificateProblems({ certificate, hostname }: Draft<Checked>): readonly Problem[] {
  if (certificate?.source === 'files' && certificate.file === undefined)
    return problem(
      ['certificate', 'file'],
      'Write the whole path of the certificate here: a PEM file with its chain, or a PFX.',
    )
  if (certificate?.source !== 'acme' || certificate.acme === undefined) return []
  return [
    ...termsProblems(certificate.acme),
    ...externalProblems(certificate.acme),
    ...challengeProblems(certificate.acme),
    ...nameProblems(certificate.acme, hostname),
  ]
}

/** RFC 8555 section 7.3: the authority asks for it, and nobody can say yes but a person. */
function termsProblems({ termsAgreed }: AcmeDraft): readonly Problem[] {
  if (termsAgreed !== false) return []
  return problem(
    ['certificate', 'acme', 'termsAgreed'],
    "Read the authority's terms of service, and write true here if you agree: it gives no certificate without.",
  )
}

function externalProblems({ externalAccount, externalKey }: AcmeDraft): readonly Problem[] {
  if (externalAccount === undefined || externalKey !== undefined) return []
  return problem(
    ['certificate', 'acme', 'externalKey'],
    'Set the key here that the authority gave you with the account id: the name of its secret.',
  )
}

function challengeProblems({ challenge, dnsCommand, names }: AcmeDraft): readonly Problem[] {
  if (challenge === 'dns-01')
    return dnsCommand !== undefined
      ? []
      : problem(
          ['certificate', 'acme', 'dnsCommand'],
          'Write the whole path of the program that puts the record into your DNS: "dns-01" needs it.',
        )
  const wild = names?.findIndex(name => name?.startsWith('*')) ?? -1
  if (wild < 0) return []
  return problem(
    ['certificate', 'acme', 'names', wild],
    'Write a name without "*", or "challenge": "dns-01": authorities prove such names by the DNS alone.',
  )
}

function nameProblems({ names }: AcmeDraft, hostname: string | undefined): readonly Problem[] {
  if (names === undefined || names.length > 0 || hostname === undefined || hostname.includes('.')) return []
  return problem(
    ['certificate', 'acme', 'names'],
    `Write the public name of this server here: no authority knows "${hostname}".`,
  )
}
