/** Writes docs/replies.md from the table of replies. */
import { writeFile } from 'node:fs/promises'
import { repliesPage } from '../test/support/replies-page.ts'

await writeFile('docs/replies.md', repliesPage())
