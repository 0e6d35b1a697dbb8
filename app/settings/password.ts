/** Password hashes: scrypt (RFC 7914) as `scrypt$N$r$p$salt$hash`, the last two in base64url. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

interface Hash extends Cost {
  readonly salt: Buffer
  readonly key: Buffer
}

/** 16 MiB and about 50 ms. */
const usual: Cost = { N: 16384, r: 8, p: 1 }

/** Bytes; a hash that asks for more memory is none, so that a hostile file can't exhaust the machine. */
const maxMemory = 64 * 1024 ** 2

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return format({ ...usual, salt, key: await derive(password, { ...usual, salt, key: Buffer.alloc(32) }) })
}

/** False for another password, and for what is no hash. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const stored = parse(hash)
  if (!stored) return false
  return timingSafeEqual(await derive(password, stored), stored.key)
}

export function isPasswordHash(text: string): boolean {
  return parse(text) !== undefined
}

/** The hash of no password, which costs as much to verify as a real one. */
export function dummyHash(): string {
  return format({ ...usual, salt: randomBytes(16), key: randomBytes(32) })
}

function format({ N, r, p, salt, key }: Hash): string {
  return `scrypt$${N}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

function parse(text: string): Hash | undefined {
  const found = /^scrypt\$(\d{4,6})\$(\d{1,2})\$(\d)\$([\w-]{11,86})\$([\w-]{22,86})$/.exec(text)
  if (!found) return undefined
  const [N, r, p] = [Number(found[1]), Number(found[2]), Number(found[3])]
  const [salt, key] = [Buffer.from(found[4] ?? '', 'base64url'), Buffer.from(found[5] ?? '', 'base64url')]
  const fits = N >= 1024 && (N & (N - 1)) === 0 && r >= 1 && p >= 1 && p <= 4 && 128 * N * r <= maxMemory
  return fits ? { N, r, p, salt, key } : undefined
}

/** NFC, so that a password typed on another system is the same (RFC 8265 section 4.2.2). */
function derive(password: string, { N, r, p, salt, key }: Hash): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, key.length, options, (error, derived) => {
      if (error) reject(error)
      else resolve(derived)
    })
  })
}
