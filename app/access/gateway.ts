/** This machine's default gateways, as its system knows them. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Flags of a route in Linux (linux/route.h). */
const RTF_UP = 0x1
const RTF_GATEWAY = 0x2
const RTF_REJECT = 0x200

/** Addresses as text, IPv4 and IPv6; none when there is no gateway, or none can be found. Never throws. */
export async function readGateways(): Promise<readonly string[]> {
  // default-gateway asks `ip`, which a bare Debian lacks, and names one gateway of several; the kernel's own
  // tables need no program and name all.
  if (process.platform === 'linux') {
    const tables = await Promise.allSettled([
      readFile('/proc/net/route', 'latin1').then(gatewaysOfRoute),
      readFile('/proc/net/ipv6_route', 'latin1').then(gatewaysOfIpv6Route),
    ])
    if (tables.some(table => table.status === 'fulfilled')) return fulfilled(tables).flat()
  }
  // Not before: it brings much with it that few need.
  const { gateway4async, gateway6async } = await import('default-gateway')
  const found = await Promise.allSettled([gateway4async(), gateway6async()])
  const gateways = fulfilled(found).map(({ gateway }) => gateway)
  // It asks `wmic` there, which newer Windows lacks.
  if (gateways.length === 0 && process.platform === 'win32') return printedRoutes().catch(() => [])
  return gateways
}

/** Default gateways in the text of `/proc/net/route`: hexadecimal words in the machine's byte order. */
export function gatewaysOfRoute(text: string, littleEndian = isLittleEndian()): readonly string[] {
  return text.split('\n').flatMap(line => {
    const [, destination, gateway = '', flags = '', , , , mask] = line.split(/\s+/)
    if (destination !== '00000000' || mask !== '00000000' || !/^[\dA-F]{8}$/i.test(gateway)) return []
    if (!leadsToGateway(flags)) return []
    const bytes = [...Buffer.from(gateway, 'hex')]
    return [(littleEndian ? bytes.reverse() : bytes).join('.')]
  })
}

/** Default gateways in the text of `/proc/net/ipv6_route`: addresses as 32 hexadecimal digits. */
export function gatewaysOfIpv6Route(text: string): readonly string[] {
  return text.split('\n').flatMap(line => {
    const [destination = '', prefix, , , gateway = '', , , , flags = ''] = line.split(/\s+/)
    if (!/^0{32}$/.test(destination) || prefix !== '00' || !/^[\da-f]{32}$/i.test(gateway)) return []
    if (/^0{32}$/.test(gateway) || !leadsToGateway(flags)) return []
    return [gateway.replace(/.{4}(?!$)/g, '$&:')]
  })
}

/** Default gateways in what Windows' `route print` writes, in whatever language its headings are. */
export function gatewaysOfRoutePrint(text: string): readonly string[] {
  const v4 = [...text.matchAll(/^\s*0\.0\.0\.0\s+0\.0\.0\.0\s+([\d.]+)\s/gm)]
  const v6 = [...text.matchAll(/^\s*\d+\s+\d+\s+::\/0\s+([\da-f:.]+)(?:%\d+)?\s*$/gim)]
  return [...v4, ...v6].map(([, gateway = '']) => gateway).filter(gateway => isIP(gateway) !== 0)
}

function leadsToGateway(hexadecimal: string): boolean {
  const flags = Number.parseInt(hexadecimal, 16)
  return (flags & RTF_UP) !== 0 && (flags & RTF_GATEWAY) !== 0 && (flags & RTF_REJECT) === 0
}

function isLittleEndian(): boolean {
  return new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
}

async function printedRoutes(): Promise<readonly string[]> {
  // By its whole path: a program of the same name elsewhere on PATH is never started.
  const route = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'route.exe')
  const { stdout } = await promisify(execFile)(route, ['print'], { timeout: 1500, windowsHide: true })
  return gatewaysOfRoutePrint(stdout)
}

function fulfilled<T>(results: readonly PromiseSettledResult<T>[]): readonly T[] {
  return results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
}
