/** Where the program begins: as the `postern` command where its mark stands among the arguments, else as the app. */
import { runCommand } from './command.ts'
import { commandWords } from './command-words.ts'

const words = commandWords(process.argv.slice(1))
if (words) runCommand(words)
// Not before it is known: the app takes hold of the display as soon as it is loaded.
else void import('./start.ts')
