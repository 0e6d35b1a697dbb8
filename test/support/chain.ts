/** Chains of certificates for tests of DANE, made by openssl: an authority, one below it, and servers' own. */
import { execFile } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Chain {
  readonly key: string
  /** The server's own certificate, and the one between; PEM. */
  readonly cert: string
  readonly own: X509Certificate
  readonly between: X509Certificate
  readonly root: X509Certificate
}

const run = promisify(execFile)
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** `days` of the server's certificate; -1 has expired. */
export async function makeChain(folder: string, names: string, days = 30): Promise<Chain> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder, timeout: 20_000 })
  const sign = async (name: string, signer: string, extensions: string, lasts: number) => {
    await openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    await writeFile(join(folder, `${name}.ext`), `${extensions}\n`)
    const by = [
      '-CA',
      `${signer}.pem`,
      '-CAkey',
      `${signer}.key`,
      '-CAcreateserial',
      '-extfile',
      `${name}.ext`,
    ]
    await openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...by, '-days', `${lasts}`)
  }
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '30',
    '-keyout',
    'root.key',
    '-out',
    'root.pem',
    '-subj',
    '/CN=root',
  )
  await sign('between', 'root', 'basicConstraints=critical,CA:TRUE', 30)
  await sign('own', 'between', `subjectAltName=${names}`, days)
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const [key, own, between, root] = await Promise.all(
    ['own.key', 'own.pem', 'between.pem', 'root.pem'].map(read),
  )
  const parsed = (pem = '') => new X509Certificate(pem)
  return {
    key: key ?? '',
    cert: `${own}${between}`,
    own: parsed(own),
    between: parsed(between),
    root: parsed(root),
  }
}

/** A TLSA record's text. */
export function tlsa(
  usage: number,
  selector: number,
  matching: number,
  certificate: X509Certificate,
): string {
  const whole =
    selector === 1 ? certificate.publicKey.export({ type: 'spki', format: 'der' }) : certificate.raw
  const hash = [undefined, 'sha256', 'sha512'][matching]
  const data = hash ? createHash(hash).update(whole).digest() : whole
  return `${usage} ${selector} ${matching} ${data.toString('hex')}`
}
