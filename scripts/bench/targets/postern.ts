/** Postern as it is built, with its defaults but for who may send and where it goes. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place, Target } from '../place.ts'

const root = join(import.meta.dirname, '../../..')

export const postern: Target = { name: 'postern', prepare, version }

async function version(): Promise<string> {
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return `Postern ${version} on Node ${process.version}`
}

async function prepare(place: Place): Promise<readonly string[]> {
  const settings = {
    schema: 1,
    hostname: 'relay.example',
    localNetworks: ['127.0.0.0/8'],
    routers: [],
    smtp: {
      listeners: [{ address: '127.0.0.1', port: place.port, encryption: 'none' }],
      authentication: 'allowed',
      access: [{ action: 'allow', from: '127.0.0.0/8' }],
      // All sessions come from one client here.
      maxConnections: 1000,
      maxConnectionsPerClient: 1000,
    },
    delivery: {
      routes: [{ to: ['*'], via: 'smart-host', hosts: [`127.0.0.1:${place.sinkPort}`], encryption: 'none' }],
    },
  }
  await writeFile(join(place.folder, 'settings.json'), JSON.stringify(settings), { mode: 0o600 })
  return [process.execPath, join(root, 'dist/postern.cjs'), 'serve', '--data', place.folder]
}
