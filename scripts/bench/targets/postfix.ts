/** Postfix as Debian sets it up, durable, with a queue of its own. */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeOwned, makeQueue, userId } from '../../../test/support/postfix-folder.ts'
import type { Place, Target } from '../place.ts'

const run = promisify(execFile)

export const postfix: Target = { name: 'postfix', prepare, version }

async function version(): Promise<string> {
  return `Postfix ${(await run('postconf', ['-d', '-h', 'mail_version'])).stdout.trim()}`
}

async function prepare(place: Place): Promise<readonly string[]> {
  const path = (name: string) => join(place.folder, name)
  const owner = await userId('postfix')
  for (const name of ['etc', 'queue', 'queue/pid']) await mkdir(path(name))
  await makeOwned(path('data'), owner, 0o700)
  await makeQueue(path('queue'), owner)
  await copyFile('/etc/postfix/dynamicmaps.cf', path('etc/dynamicmaps.cf'))
  const services = await readFile('/usr/share/postfix/master.cf.dist', 'utf8')
  await write(path('etc/master.cf'), services.replace(/^smtp( +inet)/m, `127.0.0.1:${place.port}$1`))
  const defaults = await readFile('/usr/share/postfix/main.cf.debian', 'utf8')
  await write(path('etc/main.cf'), `${defaults}\n${settings(place)}`)
  return ['/usr/lib/postfix/sbin/master', '-c', path('etc'), '-s']
}

/** What a relay for the local network would set. */
function settings({ folder, sinkPort }: Place): string {
  const lines = {
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    maillog_file: join(folder, 'log'),
    maillog_file_prefixes: folder,
    myhostname: 'relay.example',
    mydestination: '',
    alias_maps: '',
    alias_database: '',
    mynetworks: '127.0.0.0/8',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    relayhost: `[127.0.0.1]:${sinkPort}`,
    smtpd_relay_restrictions: 'permit_mynetworks reject',
    smtpd_tls_security_level: 'none',
  }
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}

/** As if written a minute ago: Postfix waits for fresh configuration to settle. */
async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text)
  const then = Date.now() / 1000 - 60
  await utimes(path, then, then)
}
