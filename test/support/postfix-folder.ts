/** The folder a test's Postfix lives in: configuration, queue, accounts and mail, with Debian's owners and modes. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, copyFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Certificate } from './certificate.ts'

const run = promisify(execFile)

export interface PostfixOptions {
  /** `none` offers no TLS, `starttls` demands it before a log-on, `tls` starts with it; `starttls` where absent. */
  readonly encryption?: 'none' | 'starttls' | 'tls'
  /** Name and password of who may log on, and then relay; `office` and `secret` where absent. */
  readonly users?: Readonly<Record<string, string>>
  /** Accept mail from 127.0.0.0/8 without a log-on. */
  readonly open?: boolean
  /** A folder that Postern exported: its main.cf, with what a test's Postfix needs after it, and its tables. */
  readonly exported?: readonly { readonly name: string; readonly text: string }[]
  /** The realm of the accounts; `hostname` where absent. */
  readonly realm?: string
  /** More lines of main.cf, after the others. */
  readonly settings?: Readonly<Record<string, string>>
}

/** The name it greets with, and the realm of its accounts. */
export const hostname = 'smarthost.example'

/** Lays everything out under `folder`, which all of Postfix's users must be able to enter. */
export async function layOut(
  folder: string,
  certificate: Certificate,
  options: PostfixOptions,
): Promise<void> {
  const postfix = await userId('postfix')
  const nobody = await userId('nobody')
  await chmod(folder, 0o755)
  for (const name of ['etc', 'etc/sasl', 'queue', 'queue/pid']) await mkdir(join(folder, name))
  await makeOwned(join(folder, 'data'), postfix, 0o700)
  await makeOwned(join(folder, 'mail'), nobody, 0o755)
  await makeQueue(join(folder, 'queue'), postfix)
  await copyFile('/etc/postfix/dynamicmaps.cf', join(folder, 'etc/dynamicmaps.cf'))
  for (const { name, text } of options.exported ?? []) await writeOld(join(folder, 'etc', name), text)
  const exported = options.exported?.find(({ name }) => name === 'main.cf')
  const main = exported
    ? `${exported.text}${linesOf({ ...surroundings(folder, nobody), ...options.settings })}`
    : mainCf(folder, certificate, options, nobody)
  await writeOld(join(folder, 'etc/main.cf'), main)
  await makeAccounts(folder, options, postfix)
}

function mainCf(
  folder: string,
  certificate: Certificate,
  options: PostfixOptions,
  mailOwner: number,
): string {
  const { encryption = 'starttls', open = false, settings = {} } = options
  return linesOf({
    ...surroundings(folder, mailOwner),
    compatibility_level: '3.6',
    myhostname: hostname,
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    message_size_limit: '104857600',
    smtpd_relay_restrictions: `${open ? 'permit_mynetworks ' : ''}permit_sasl_authenticated reject`,
    smtpd_tls_security_level: { none: 'none', starttls: open ? 'may' : 'encrypt', tls: 'encrypt' }[
      encryption
    ],
    smtpd_tls_wrappermode: encryption === 'tls' ? 'yes' : 'no',
    smtpd_tls_cert_file: certificate.certFile,
    smtpd_tls_key_file: certificate.keyFile,
    smtpd_sasl_auth_enable: 'yes',
    smtpd_sasl_local_domain: hostname,
    // Every recipient of every domain has a mailbox folder named after it.
    transport_maps: 'static:virtual',
    virtual_mailbox_maps: 'static:all/',
    ...settings,
  })
}

/** What any Postfix of a test needs: its folders, and nothing of the machine's DNS. */
function surroundings(folder: string, mailOwner: number): Readonly<Record<string, string>> {
  return {
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    maillog_file: join(folder, 'log'),
    maillog_file_prefixes: folder,
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    // No look-ups: a test must not depend on the machine's DNS.
    smtpd_peername_lookup: 'no',
    disable_dns_lookups: 'yes',
    // Nothing of the message is to be rewritten.
    local_header_rewrite_clients: '',
    remote_header_rewrite_domain: '',
    smtpd_error_sleep_time: '0',
    cyrus_sasl_config_path: join(folder, 'etc/sasl'),
    virtual_mailbox_base: join(folder, 'mail'),
    virtual_mailbox_limit: '0',
    virtual_uid_maps: `static:${mailOwner}`,
    virtual_gid_maps: `static:${mailOwner}`,
  }
}

function linesOf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}

/** Writes master.cf: the services that take mail and put it into a mailbox; none runs in a chroot. */
export async function layOutServices(folder: string, port: number): Promise<void> {
  await writeOld(join(folder, 'etc/master.cf'), masterCf(port))
}

/** Postfix waits until a configuration file is seconds old, lest somebody still writes it. */
async function writeOld(path: string, text: string): Promise<void> {
  await writeFile(path, text)
  const then = Date.now() / 1000 - 60
  await utimes(path, then, then)
}

function masterCf(port: number): string {
  const services = [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'proxymap unix - - n - - proxymap',
    'anvil unix - - n - 1 anvil',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'virtual unix - n n - - virtual',
    'postlog unix-dgram n - n - 1 postlogd',
  ]
  return `${services.join('\n')}\n`
}

/** As `postfix check` would make it, which takes more than a second for it. */
export async function makeQueue(queue: string, postfix: number): Promise<void> {
  const postdrop = await groupId('postdrop')
  const table = await readFile('/etc/postfix/postfix-files', 'utf8')
  const entry = /^\$queue_directory\/([\w/]+):d:(\$mail_owner|root):(\S+?):(\d+):/gm
  for (const [, name = '', owner, group, mode = ''] of table.matchAll(entry)) {
    const path = join(queue, name)
    await mkdir(path, { recursive: true })
    await chown(path, owner === 'root' ? 0 : postfix, group === '$setgid_group' ? postdrop : 0)
    await chmod(path, Number.parseInt(mode, 8))
  }
}

/** In SASL's own database: smtpd reads it without another daemon. */
async function makeAccounts(
  folder: string,
  { users = { office: 'secret' }, realm = hostname }: PostfixOptions,
  postfix: number,
): Promise<void> {
  const database = join(folder, 'etc/sasldb2')
  for (const [name, password] of Object.entries(users)) {
    const child = spawn('saslpasswd2', ['-c', '-p', '-f', database, '-u', realm, name], {
      timeout: 20_000,
    })
    child.stdin.end(password)
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`saslpasswd2 ended with ${code}.`)
  }
  if (Object.keys(users).length > 0) await chown(database, postfix, 0)
  const lines = ['pwcheck_method: auxprop', 'auxprop_plugin: sasldb', 'mech_list: PLAIN LOGIN']
  await writeFile(join(folder, 'etc/sasl/smtpd.conf'), `${lines.join('\n')}\nsasldb_path: ${database}\n`)
}

export async function makeOwned(path: string, owner: number, mode: number): Promise<void> {
  await mkdir(path)
  await chown(path, owner, owner === 0 ? 0 : await primaryGroup(owner))
  await chmod(path, mode)
}

export async function userId(name: string): Promise<number> {
  return Number((await run('id', ['-u', name])).stdout)
}

async function primaryGroup(user: number): Promise<number> {
  return Number((await run('id', ['-g', `${user}`])).stdout)
}

async function groupId(name: string): Promise<number> {
  return Number((await run('getent', ['group', name])).stdout.split(':')[2])
}
