/** The rules by which a source is blocked, as the settings have them. */
import type { IdsSettings } from '../settings/settings.ts'

/** Times in milliseconds. */
export type Rules = Pick<IdsSettings, 'enabled' | 'threshold' | 'window' | 'blockTime' | 'points'>
