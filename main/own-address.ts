/** This machine's address in the office's network, as a device there is told it. */
import { hostname, networkInterfaces } from 'node:os'

/** The first IPv4 address that isn't the loopback's; the machine's name where there is none. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap(infos => infos ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? hostname()
}
