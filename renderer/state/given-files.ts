/** Files and pasted text as the relay takes them: whole bytes, in whatever encoding they are. */

export interface GivenFile {
  readonly name: string
  readonly base64: string
}

/** Bytes of one file, as the relay has it. */
const LONGEST = 16 * 1024 ** 2
/** Characters up to which a pasted text is shown in its box: a longer one would take seconds to be laid out there. */
export const longText = 100_000

export function pasted(text: string): Promise<GivenFile> {
  return given('pasted', new Blob([text]))
}

/** A Postfix's main.cf comes before the tables it names. Throws a sentence where a file is too large. */
export async function chosen(files: readonly File[]): Promise<readonly GivenFile[]> {
  const large = files.find(({ size }) => size > LONGEST)
  if (large) throw new Error(`${large.name} is over 16 MiB; give less at once.`)
  const isMain = ({ name }: File) => name.toLowerCase() === 'main.cf'
  const sorted = [...files].sort((a, b) => Number(isMain(b)) - Number(isMain(a)))
  return Promise.all(sorted.map(file => given(file.name, file)))
}

/** The browser writes the bytes as base64 beside everything else it does. */
function given(name: string, bytes: Blob): Promise<GivenFile> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onerror = () => reject(new Error(`${name} can’t be read: choose it again.`))
    reader.onload = () => {
      const url = String(reader.result)
      resolve({ name, base64: url.slice(url.indexOf(',') + 1) })
    }
    reader.readAsDataURL(bytes)
  })
}
