/** A folder for one test, removed after it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** `close` runs before the folder is removed. */
export function makeFolder(test: TestContext, close: () => Promise<void> = async () => {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-test-'))
  test.after(async () => {
    await close()
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}
