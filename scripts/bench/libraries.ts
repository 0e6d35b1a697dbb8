/** The libraries alone: smtp-server, an appended log with one sync for all that wait, and nodemailer; no rule, no spool, no retry. */
/*
 * What it costs is the least that a relay on these libraries can cost: Postern stands beside it to show what is its own.
 * Run as a program: `node libraries.cjs PORT SINK-PORT FILE`.
 */
import { type FileHandle, open } from 'node:fs/promises'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { SMTPServer } from 'smtp-server'
import { SMTPConnection as Served } from 'smtp-server/lib/smtp-connection.js'

interface Message {
  readonly from: string
  readonly to: string[]
  readonly content: Buffer
}

/** Connections to the sink. */
const MOST = 5

// The library's delay before its greeting would be all that is measured.
Served.prototype.init = function init(this: Served): void {
  this._setListeners(() => this.connectionReady())
}

class Log {
  readonly #file: FileHandle
  #waiting: { content: Buffer; synced: () => void }[] = []
  #running = false

  constructor(file: FileHandle) {
    this.#file = file
  }

  append(content: Buffer): Promise<void> {
    return new Promise(synced => {
      this.#waiting.push({ content, synced })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0)
      await this.#file.writev(batch.map(({ content }) => content))
      await this.#file.datasync()
      for (const { synced } of batch) synced()
    }
    this.#running = false
  }
}

class Sender {
  readonly #port: number
  readonly #idle: SMTPConnection[] = []
  readonly #waiting: Message[] = []
  #open = 0

  constructor(port: number) {
    this.#port = port
  }

  push(message: Message): void {
    const idle = this.#idle.pop()
    if (idle) this.#send(idle, message)
    else if (this.#open < MOST) this.#connect(message)
    else this.#waiting.push(message)
  }

  #connect(message: Message): void {
    this.#open++
    const connection = new SMTPConnection({ host: '127.0.0.1', port: this.#port, ignoreTLS: true })
    connection.on('error', fail)
    connection.connect(() => this.#send(connection, message))
  }

  #send(connection: SMTPConnection, { from, to, content }: Message): void {
    connection.send({ from, to, size: content.length }, content, error => {
      if (error) fail(error)
      const next = this.#waiting.shift()
      if (next) this.#send(connection, next)
      else this.#idle.push(connection)
    })
  }
}

function fail(error: Error): never {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

async function main([port, sinkPort, file]: readonly string[]): Promise<void> {
  const log = new Log(await open(file ?? '', 'a'))
  const sender = new Sender(Number(sinkPort))
  const server = new SMTPServer({
    disableReverseLookup: true,
    authOptional: true,
    hideSTARTTLS: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const content = Buffer.concat(chunks)
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const to = envelope.rcptTo.map(({ address }) => address)
        void log.append(content).then(() => {
          done(null)
          sender.push({ from, to, content })
        }, fail)
      })
    },
  })
  server.on('error', () => {})
  server.listen(Number(port), '127.0.0.1')
}

void main(process.argv.slice(2))
