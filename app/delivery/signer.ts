/** The signer: DKIM signatures for mail that leaves, by the keys of the settings; the only file that knows nodemailer's hash of bodies. */
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { reply } from '../mail/reply.ts'
import { senderOf } from '../mail/sender.ts'
import { type Signing, signatureField, signing } from '../mail/signature.ts'
import type { DkimKey } from '../settings/settings.ts'
import { Failure } from './failure.ts'

/** The body's bytes, in any pieces. */
export type Body = Iterable<Buffer> | AsyncIterable<Buffer>

const signed = promisify(sign)

export class Signer {
  readonly #keys: readonly DkimKey[]
  readonly #secret: (name: string) => string | undefined
  readonly #now: () => number
  /** By their text: a secret may be set anew. */
  readonly #opened = new Map<string, KeyObject>()

  constructor(keys: readonly DkimKey[], secret: (name: string) => string | undefined, now: () => number) {
    this.#keys = keys
    this.#secret = secret
    this.#now = now
  }

  /** The keys for mail with this header: of its sender's domain, or else of the nearest domain above. */
  keysFor(header: Buffer): readonly DkimKey[] {
    if (this.#keys.length === 0) return []
    for (let domain = senderOf(header)?.domain ?? ''; domain.includes('.'); ) {
      const found = this.#keys.filter(key => key.enabled && key.domain === domain)
      if (found.length > 0) return found
      domain = domain.slice(domain.indexOf('.') + 1)
    }
    return []
  }

  /** A signature by each key, to stand before the header. Rejects with a transient `Failure` where a key is missing. */
  async signatures(keys: readonly DkimKey[], header: Buffer, body: Body): Promise<Buffer> {
    const opened = keys.map(key => ({ key, opened: this.#open(key) }))
    const bodyHash = await hashOf(body)
    const fields = await Promise.all(
      opened.map(({ key, opened }) => this.#sign(key, opened, header, bodyHash)),
    )
    return Buffer.from(fields.join(''))
  }

  async #sign(
    { domain, selector }: DkimKey,
    key: KeyObject,
    header: Buffer,
    bodyHash: string,
  ): Promise<string> {
    const isRsa = key.asymmetricKeyType === 'rsa'
    const algorithm: Signing['algorithm'] = isRsa ? 'rsa-sha256' : 'ed25519-sha256'
    const time = Math.floor(this.#now() / 1000)
    const { begun, input } = signing(header, { domain, selector, algorithm, bodyHash, time })
    // RFC 8463 section 3: Ed25519 signs the hash.
    const signature = isRsa
      ? await signed('sha256', input, key)
      : await signed(null, createHash('sha256').update(input).digest(), key)
    return signatureField(begun, signature.toString('base64'))
  }

  #open({ secret, domain }: DkimKey): KeyObject {
    const pem = this.#secret(secret)
    const known = pem === undefined ? undefined : this.#opened.get(pem)
    if (known) return known
    try {
      const key = createPrivateKey(pem ?? '')
      if (this.#opened.size >= this.#keys.length) this.#opened.clear()
      this.#opened.set(pem ?? '', key)
      return key
    } catch {
      const words = `the key "${secret}" that signs mail of ${domain} isn't in the secret store, or can't be read: make or import it with  postern dkim, or switch the signing off`
      throw new Failure(reply(454, '4.7.0', words), 'refused')
    }
  }
}

/** RFC 6376 section 3.4.4, base64; in constant memory however long a line is. */
async function hashOf(body: Body): Promise<string> {
  const { default: RelaxedBody } = await import('nodemailer/lib/dkim/relaxed-body')
  const hash = new RelaxedBody()
  hash.resume()
  const done = new Promise<string>((resolve, reject) => {
    hash.once('hash', resolve)
    hash.once('error', reject)
  })
  for await (const piece of body) if (!hash.write(piece)) await new Promise(next => hash.once('drain', next))
  hash.end()
  return done
}
