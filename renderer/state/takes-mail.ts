/** Whether mail is taken: a paused relay runs on, with no port open. */
import type { Status } from './settings.ts'

export function takesMail({ running, listeners }: Pick<Status, 'running' | 'listeners'>): boolean {
  return running && listeners.length > 0
}
