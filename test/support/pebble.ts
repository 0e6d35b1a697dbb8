/** Pebble from Debian: a real ACME server (RFC 8555) that asks for proofs and signs with an authority of its own. */
import { writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { startDns, type Zone } from './dns-server.ts'
import type { Ending } from './ending.ts'
import { makeFolder } from './folder.ts'
import { freePort } from './port.ts'
import { startProcess } from './process.ts'

export interface Pebble {
  /** The address of its directory. */
  readonly directory: string
  /** The PEM file of who vouches for it at its own address. */
  readonly trust: string
  /** Where it asks, at whatever the DNS says of a name. */
  readonly httpPort: number
  /** PEM of the authority that signs what it gives. */
  root(): Promise<string>
  /** What the DNS says from now on. */
  setZone(zone: Zone): Promise<void>
  /** All that it said. */
  log(): string
}

export interface PebbleOptions {
  readonly zone: Zone
  /** Of what it gives, seconds; five years where absent. */
  readonly validity?: number
  /** Whom it gives accounts: keys in base64url, by their ids; anybody where absent. */
  readonly accounts?: Readonly<Record<string, string>>
}

export async function startPebble(
  test: Ending,
  { zone, validity, accounts }: PebbleOptions,
): Promise<Pebble> {
  const folder = await makeFolder(test)
  const { certFile, keyFile, caFile, ca } = await makeCertificate(folder)
  const [port, management, httpPort] = [await freePort(), await freePort(), await freePort()]
  const dns = await startDns(test, zone)
  const file = join(folder, 'pebble.json')
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: certFile,
    privateKey: keyFile,
    httpPort,
    tlsPort: await freePort(),
    ocspResponderURL: '',
    externalAccountBindingRequired: accounts !== undefined,
    ...(accounts && { externalAccountMACKeys: accounts }),
    ...(validity !== undefined && { certificateValidityPeriod: validity }),
  }
  await writeFile(file, JSON.stringify({ pebble }))
  const command = ['pebble', '-strict', '-config', file, '-dnsserver', dns.address]
  // It would wait up to 15 seconds before it asks, and take a third of the proofs for proved already.
  const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0' }
  const started = await startProcess(test, command, { env })
  await started.waitFor(/Listening on: 127\.0\.0\.1/)
  return {
    directory: `https://localhost:${port}/dir`,
    trust: caFile,
    httpPort,
    root: () => get(`https://localhost:${management}/roots/0`, ca),
    setZone: next => dns.setZone(next),
    log: () => started.output,
  }
}

function get(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, agent: false }, response => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', piece => (text += piece))
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject).end()
  })
}
