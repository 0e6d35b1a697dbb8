/** All targets of random input, by their names. */
import { addressTarget } from './address.ts'
import { controlTarget } from './control.ts'
import { dsnTarget } from './dsn.ts'
import { importTarget } from './import.ts'
import { settingsTarget } from './settings.ts'
import { smtpTarget } from './smtp.ts'
import type { Target } from './target.ts'

export const targets: readonly Target[] = [
  addressTarget,
  dsnTarget,
  settingsTarget,
  importTarget,
  controlTarget,
  smtpTarget,
]
