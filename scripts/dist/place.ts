/** The machine that packages are built on. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Place } from './plan.ts'

const tools = 'https://github.com/electron-userland/electron-builder-binaries'
/** Milliseconds. */
const timeout = 5000

export async function lookAround(): Promise<Place> {
  return {
    platform: process.platform,
    isGitHubThere: await answers(tools),
    sevenZip: onPath('7zz'),
    hasDpkg: onPath('dpkg-deb') !== undefined,
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeout) })).ok
  } catch {
    return false
  }
}

function onPath(name: string): string | undefined {
  const files = (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, name))
  return files.find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
