/** The dialogue with a next hop, line by line as a person reads it, secrets left out. */

/** The library puts this in a password's place, in base64 where the password was. */
const SECRET = Buffer.from('/* secret */').toString('base64')

/** A logger for the library that passes on commands and replies only. */
export function dialogueLogger(trace: (line: string) => void) {
  const take = (entry: unknown, text?: unknown) => {
    const speaker: unknown =
      typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'tnx') : undefined
    if (speaker !== 'client' && speaker !== 'server') return
    for (const line of String(text).split('\n'))
      trace(speaker === 'client' ? `C: ${withoutSecret(line)}` : `S: ${line}`)
  }
  const nothing = () => {}
  return { level: nothing, trace: take, debug: take, info: take, warn: take, error: take, fatal: take }
}

function withoutSecret(line: string): string {
  return line.replace(/^(AUTH \S+) .*/, '$1 ***').replace(SECRET, '***')
}
