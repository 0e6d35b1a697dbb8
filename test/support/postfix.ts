/** A real Postfix from Debian's package as the smart host of a test, in a temporary folder, started by root. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Certificate, type CertificateOptions, makeCertificate } from './certificate.ts'
import { atEnd, type Ending } from './ending.ts'
import { makeFolder } from './folder.ts'
import { freePort, isFree } from './port.ts'
import { hostname, layOut, layOutServices, type PostfixOptions } from './postfix-folder.ts'
import { startProcess } from './process.ts'
import { sessionMembers } from './process-table.ts'
import { waitFor } from './wait.ts'

export interface Delivered {
  readonly reversePath: string
  readonly recipient: string
  /** The file as Postfix wrote it. */
  readonly raw: Buffer
  /** What the client sent after DATA: without the fields Postfix put before it, lines ended by CR LF. */
  readonly content: Buffer
}

const master = '/usr/lib/postfix/sbin/master'

/**
 * Runs master until it ends or standard input does. Postfix leaves our process group, and its change of user undoes
 * a parent-death signal: this way it ends with us, however we end.
 */
const tied = 'exec 3<&0; "$@" 3<&- & m=$!; { read -r _ <&3; kill $m; } & wait $m; kill $!'

export class Postfix {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly certificate: Certificate
  readonly #test: Ending
  readonly #folder: string

  /** Use `startPostfix`. */
  constructor(test: Ending, folder: string, port: number, certificate: Certificate) {
    this.#test = test
    this.#folder = folder
    this.port = port
    this.certificate = certificate
  }

  /** `127.0.0.1:PORT`, as settings name a smart host. */
  get address(): string {
    return `${this.host}:${this.port}`
  }

  /** Starts it on its port; throws when the port is taken, and with its log when it doesn't come up. */
  async start(): Promise<void> {
    // Postfix itself would tell only syslog, and share the port with another Postfix.
    if (!(await isFree(this.port))) throw new Error(`Another program holds port ${this.port}.`)
    const before = await this.#starts()
    const command = [master, '-c', join(this.#folder, 'etc'), '-s']
    const started = await startProcess(this.#test, ['sh', '-c', tied, 'sh', ...command], { holdInput: true })
    let over = false
    void started.ended.then(() => {
      over = true
    })
    // A connection alone could reach another program on this port.
    const isUp = async () => (await this.#starts()) > before && (await accepts(this.port))
    await waitFor('Postfix to start', async () => over || (await isUp()) || undefined)
    if (over) throw new Error(`Postfix didn't start:\n${started.output}${await this.log()}`)
  }

  /** Stops it; when this resolves no process of it is left. */
  async stop(): Promise<void> {
    const pid = Number(await readFile(join(this.#folder, 'queue/pid/master.pid'), 'utf8').catch(() => '0'))
    if (pid === 0) return
    const members = () => sessionMembers(pid)
    if (members().length > 0) killIfThere(pid, 'SIGTERM')
    const gone = () => members().length === 0 || undefined
    await waitFor('Postfix to end', gone, 300).catch(async () => {
      for (const member of members()) killIfThere(member, 'SIGKILL')
      await waitFor('Postfix to be killed', gone)
    })
  }

  /** Everything delivered so far, oldest first, one for each recipient. */
  async received(): Promise<Delivered[]> {
    const folder = join(this.#folder, 'mail/all/new')
    const names = await readdir(folder).catch(() => [])
    const files = await Promise.all(
      names.map(async name => {
        const path = join(folder, name)
        return { time: (await stat(path, { bigint: true })).mtimeNs, raw: await readFile(path) }
      }),
    )
    return files.sort((a, b) => (a.time < b.time ? -1 : 1)).map(({ raw }) => readDelivered(raw))
  }

  /** Waits until at least `count` are delivered. */
  async waitForMail(count: number, timeout = 20_000): Promise<Delivered[]> {
    return waitFor(
      `${count} deliveries at Postfix`,
      async () => {
        const mail = await this.received()
        return mail.length >= count ? mail : undefined
      },
      timeout,
    )
  }

  /** How often it has started, by its log. */
  async #starts(): Promise<number> {
    return (await this.log()).split(': daemon started').length - 1
  }

  async log(): Promise<string> {
    return readFile(join(this.#folder, 'log'), 'utf8').catch(() => '')
  }
}

/** Lays out and starts a Postfix; it is stopped and its folder removed when the test ends. */
export async function startPostfix(
  test: Ending,
  options: PostfixOptions & { readonly certificate?: CertificateOptions } = {},
): Promise<Postfix> {
  if (process.getuid?.() !== 0) throw new Error('Only root may start Postfix: run the tests as root.')
  const folder = await makeFolder(test)
  const certificate = await makeCertificate(folder, options.certificate)
  await layOut(folder, certificate, options)
  // Another program may take the free port first.
  for (let left = 3; ; left--) {
    const port = await freePort()
    await layOutServices(folder, port)
    const postfix = new Postfix(test, folder, port, certificate)
    atEnd(test, () => postfix.stop())
    try {
      await postfix.start()
      return postfix
    } catch (error) {
      await postfix.stop()
      if (left === 0) throw error
    }
  }
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself.
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true)).once('error', () => end(false))
  })
}

/** virtual(8) puts three lines before the message, smtpd(8) its Received field. */
function readDelivered(raw: Buffer): Delivered {
  const text = raw.toString('latin1')
  const before =
    /^Return-Path: <(.*)>\nX-Original-To: (.*)\nDelivered-To: .*\nReceived: .*\n(?:[ \t].*\n)*/.exec(text)
  if (!before?.[0].includes(`by ${hostname} `)) throw new Error(`Postfix wrote something else:\n${text}`)
  const content = Buffer.from(text.slice(before[0].length).replaceAll('\n', '\r\n'), 'latin1')
  return { reversePath: before[1] ?? '', recipient: before[2] ?? '', raw, content }
}
