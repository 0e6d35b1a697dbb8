/** Loaded into the relay's process: at each SIGUSR2 it collects what is garbage and prints what is left, as `vitals 1 {…}`. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
let count = 0

process.on('SIGUSR2', () => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  const resources = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  process.stdout.write(`vitals ${++count} ${JSON.stringify({ used: heapUsed + external, resources })}\n`)
})
