/** What is used here of mailauth, which has no types of its own. */
declare module 'mailauth/lib/mta-sts.js' {
  export interface StsPolicy {
    readonly mode: string
    /** Seconds. */
    readonly maxAge?: number
    readonly mx?: readonly string[]
  }
  export function getPolicy(
    domain: string,
    known: StsPolicy | undefined,
    options: { readonly resolver: (name: string, type: string) => Promise<readonly unknown[]> },
  ): Promise<{ readonly policy: StsPolicy; readonly status: 'found' | 'not_found' | 'renewed' | 'errored' }>
  export function validateMx(host: string, policy: StsPolicy): { readonly valid: boolean }
}
