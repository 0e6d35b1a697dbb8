/** `--allow-open-relay`: the explicit word without which no settings that let the Internet send are saved. */
import { Option } from 'commander'
import type { Consent } from '../control/control.ts'

/** For settings that let anybody on the Internet send. */
export interface Allowing {
  readonly allowOpenRelay?: boolean
}

export function allowOption(): Option {
  return new Option('--allow-open-relay', 'let anybody on the Internet send, if the settings say so')
}

export function consentOf({ allowOpenRelay }: Allowing): Consent {
  return { openRelay: allowOpenRelay === true }
}
