/** What `npm audit` said, where the registry answered. */

export type Audit =
  | { readonly kind: 'no answer' }
  | { readonly kind: 'answered'; readonly known: number; readonly grave: readonly string[] }

/** `text` is what `npm audit --json` printed. Grave: high or critical, wherever it is used, for it runs on this machine. */
export function readAudit(text: string): Audit {
  const found = parsed(text)
  const { vulnerabilities, auditReportVersion } = Object(found)
  if (typeof vulnerabilities !== 'object' || auditReportVersion === undefined) return { kind: 'no answer' }
  const all = Object.entries<{ readonly severity?: string }>(vulnerabilities)
  const grave = all.filter(([, { severity }]) => severity === 'high' || severity === 'critical')
  return {
    kind: 'answered',
    known: all.length,
    grave: grave.map(([name, { severity }]) => `${name}: a known hole, ${severity}; see "npm audit".`),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
