/** The step that sees to the Debian packages whose real servers and clients the tests use. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { runChild } from './child.ts'
import { failed, type Outcome, passed } from './step.ts'

/**
 * Postfix is the smart host, its users are in SASL's own database; swaks, with TLS from Net::SSLeay, is the client; faketime
 * makes clocks jump, and pebble is an authority that gives certificates.
 */
const servers = [
  'postfix',
  'swaks',
  'openssl',
  'sasl2-bin',
  'libsasl2-modules',
  'libnet-ssleay-perl',
  'faketime',
  'pebble',
]

/** A display, a session bus with a keyring at it, a panel, a hand, an eye and a clipboard; archives; and what Electron itself is linked with. */
const desktop = [
  'xvfb',
  'dbus',
  'gnome-keyring',
  'libsecret-1-0',
  'trayer',
  'xdotool',
  'imagemagick',
  'xclip',
  'unzip',
  'strace',
  '7zip',
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libnotify4',
]
const libraries = ['libgbm1', 'libatk-bridge2.0-0', 'libcups2', 'libdrm2', 'libxcomposite1', 'libxdamage1']
/** The window's pages are proved in a plain browser too. */
const packages = [...servers, ...desktop, ...libraries, 'libxrandr2', 'libxkbcommon0', 'chromium']

const preseed = 'postfix postfix/main_mailer_type select No configuration'

/** Copied by a person; the same steps as `install`. */
function line(missing: readonly string[]): string {
  const install = `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${missing.join(' ')}`
  return `sudo sh -c 'apt-get update && echo "${preseed}" | debconf-set-selections && ${install}'`
}

export async function debian(): Promise<Outcome> {
  if (!existsSync('/usr/bin/dpkg-query')) {
    return failed('not Debian', `The tests use Debian's packages ${packages.join(', ')}: run them on Debian.`)
  }
  const missing = packages.filter(name => !isInstalled(name))
  if (missing.length > 0 && process.getuid?.() !== 0) {
    return failed(`missing: ${missing.join(' ')}`, `Install what the tests use:\n\n  ${line(missing)}\n`)
  }
  if (process.getuid?.() !== 0) {
    return failed('not root', 'Only root may start Postfix: run `sudo npm test`.')
  }
  return missing.length > 0 ? install(missing) : passed(`${packages.length} packages present`)
}

async function install(missing: readonly string[]): Promise<Outcome> {
  const update = await runChild(['apt-get', 'update'], { timeout: 180_000 })
  // Without a configuration Debian's scripts don't start a Postfix on port 25.
  spawnSync('debconf-set-selections', { input: `${preseed}\n`, timeout: 30_000 })
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const done = await runChild(['apt-get', 'install', '-y', '--no-install-recommends', ...missing], {
    timeout: 300_000,
    env,
  })
  const left = missing.filter(name => !isInstalled(name))
  if (left.length === 0) return passed(`installed ${missing.join(' ')}`)
  return failed(
    `missing: ${left.join(' ')}`,
    `${update.output}${done.output}\nInstall them by hand:\n\n  ${line(left)}\n`,
  )
}

function isInstalled(name: string): boolean {
  const asked = spawnSync('dpkg-query', ['-W', '-f', `\${db:Status-Status}`, name], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  return asked.status === 0 && asked.stdout === 'installed'
}
