/** A temporary folder that is gone when its test has ended. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd, type Ending } from './ending.ts'

export async function makeFolder(test: Ending): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-test-'))
  atEnd(test, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
