/** The policy of settings on this machine. */
import { networkInterfaces } from 'node:os'
import type { Machine } from '../access/machine.ts'
import { type CompiledLists, compilePolicy, type Policy } from '../access/policy.ts'
import { literalOf } from '../mail/literal.ts'
import type { Settings } from '../settings/settings.ts'

export function policyOf(settings: Settings, machine: Machine, compiled?: CompiledLists): Policy {
  return compilePolicy(settings, machine, ownLiterals(settings), compiled)
}

/** The address literals that name the listeners: with 0.0.0.0 or ::, every address of the machine. */
function ownLiterals(settings: Settings): ReadonlySet<string> {
  const own = settings.smtp.listeners.flatMap(({ address }) =>
    address === '0.0.0.0' || address === '::' ? machineAddresses() : [address],
  )
  return new Set(own.flatMap(address => literalOf(address) ?? []))
}

function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap(infos => infos?.map(({ address }) => address) ?? [])
}
