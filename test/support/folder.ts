/** A temporary folder that is gone when its test has ended. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a test or a suite's `before` hook knows of its own end; a TestContext is one. */
export interface Ending {
  after(end: () => Promise<void> | void): void
}

export async function makeFolder(test: Ending): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-test-'))
  test.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
