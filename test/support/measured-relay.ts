/** A relay in a process of its own, on the folder it is given; says its port, and at each SIGUSR2 its memory. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Relay } from '../../app/relay.ts'
import { officeWith } from './relay.ts'

const [folder = '', smtp = '{"maxMessageSize":"500MB"}'] = process.argv.slice(2)
writeFileSync(join(folder, 'settings.json'), JSON.stringify(officeWith({ smtp: JSON.parse(smtp) })))
let count = 0
process.on('SIGUSR2', () => process.stdout.write(`rss ${++count} ${process.memoryUsage.rss()}\n`))
const relay = await Relay.open(folder, { version: '0.0.0', say: () => {} })
await relay.start()
process.stdout.write(`port ${relay.listeners[0]?.port}\n`)
