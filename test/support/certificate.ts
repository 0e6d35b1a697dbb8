/** A certificate for a test's TLS server, and the authority that signed it, made by openssl. */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Certificate {
  /** Paths of PEM files. */
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
  /** Their contents. */
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  /** Subject alternative names in openssl's form; `DNS:localhost,IP:127.0.0.1` where absent. */
  readonly names?: string
  /** Days from now; 30 where absent. */
  readonly days?: number
  /** The server's key; `ec` where absent. */
  readonly kind?: 'ec' | 'rsa'
}

const run = promisify(execFile)
const newKeys = {
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
  rsa: ['-newkey', 'rsa:2048', '-nodes'],
} as const

/** Makes both in `folder`. */
export async function makeCertificate(
  folder: string,
  { names = 'DNS:localhost,IP:127.0.0.1', days = 30, kind = 'ec' }: CertificateOptions = {},
): Promise<Certificate> {
  const file = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder, timeout: 20_000 })
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Postern test authority']
  await openssl('req', '-x509', ...newKeys.ec, '-days', '30', ...authority)
  await openssl(
    'req',
    ...newKeys[kind],
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=Postern test',
  )
  await writeFile(file('server.ext'), `subjectAltName=${names}\n`)
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'server.ext']
  await openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', '-days', `${days}`, ...signer)
  const files = { caFile: file('ca.pem'), certFile: file('server.pem'), keyFile: file('server.key') }
  const [ca, cert, key] = await Promise.all(Object.values(files).map(path => readFile(path, 'utf8')))
  return { ...files, ca: ca ?? '', cert: cert ?? '', key: key ?? '' }
}
