/** Routing: what delivery takes from the settings, and where mail for an address goes. */
import { networkInterfaces } from 'node:os'
import type { DeliveryConfig } from '../delivery/deliver.ts'
import { parseAddress } from '../mail/address.ts'
import type { Recipient } from '../mail/envelope.ts'
import type { Settings } from '../settings/settings.ts'
import type { Standing } from '../smtp/listener.ts'
import type { Surroundings } from './surroundings.ts'

export function deliveryConfig({ hostname, delivery, users }: Settings): DeliveryConfig {
  const senders = users.flatMap(({ name, sendAs }) => (sendAs ? [[name.toLowerCase(), sendAs] as const] : []))
  return { hostname, delivery, accounts: new Set(users.map(({ name }) => name)), senders: new Map(senders) }
}

/** Whether two settings differ in what delivery depends on. */
export function routingDiffers(one: Settings, other: Settings): boolean {
  const routing = ({ hostname, delivery, users }: Settings) =>
    JSON.stringify([hostname, delivery, users.map(({ name, sendAs }) => [name, sendAs])])
  return routing(one) !== routing(other)
}

/** The mailboxes of a local address, an external one itself; none where nobody is there. */
export function expand(address: string, { policy }: Surroundings): readonly Recipient[] {
  const parsed = parseAddress(address)
  if (!parsed.ok) return []
  const resolution = policy.directory.resolve(parsed.address)
  if (resolution.kind === 'external') return [{ address }]
  return resolution.kind === 'internal' ? resolution.recipients : []
}

/** Where mail for the postmaster of the first local domain goes; nowhere where nobody here has it. */
export function postmaster({ policy }: Surroundings): readonly Recipient[] {
  const resolution = policy.directory.resolve('postmaster')
  return resolution.kind === 'internal' ? resolution.recipients : []
}

/** Whether one of the listeners answers at an address of this machine. */
export function isOwnListener(standing: readonly Standing[], address: string, port: number): boolean {
  const isHere =
    /^127\.|^::1$/.test(address) ||
    Object.values(networkInterfaces()).some(found => found?.some(one => one.address === address))
  return isHere && standing.some(one => one.port === port && covers(one.address, address))
}

/** A listener on `::` takes IPv4 too. */
function covers(listening: string, address: string): boolean {
  if (listening === '::') return true
  return listening === address || (listening === '0.0.0.0' && !address.includes(':'))
}
