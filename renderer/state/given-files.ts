/** Files and pasted text as the relay takes them: whole bytes, in whatever encoding they are. */

export interface GivenFile {
  readonly name: string
  readonly base64: string
}

/** Bytes of one file, as the relay has it. */
const LONGEST = 16 * 1024 ** 2
/** More than this at once would overflow the stack. */
const CHUNK = 32_768

export function pasted(text: string): GivenFile {
  return { name: 'pasted', base64: base64Of(new TextEncoder().encode(text)) }
}

/** A Postfix's main.cf comes before the tables it names. Throws a sentence where a file is too large. */
export async function chosen(files: readonly File[]): Promise<readonly GivenFile[]> {
  const large = files.find(({ size }) => size > LONGEST)
  if (large) throw new Error(`${large.name} is over 16 MiB; give less at once.`)
  const isMain = ({ name }: File) => name.toLowerCase() === 'main.cf'
  const sorted = [...files].sort((a, b) => Number(isMain(b)) - Number(isMain(a)))
  return Promise.all(
    sorted.map(async file => ({
      name: file.name,
      base64: base64Of(new Uint8Array(await file.arrayBuffer())),
    })),
  )
}

function base64Of(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  }
  return btoa(binary)
}
