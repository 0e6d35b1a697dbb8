/** What is handed to a command on standard input, or typed by a person without being shown. */
import { createReadStream } from 'node:fs'
import { sentenceOf } from '../control/sentence.ts'
import type { Environment, Input } from './environment.ts'
import { UsageError } from './usage-error.ts'

/** MiB: lists of other servers, passwords and secrets are smaller; settings with a long list may be larger. */
const longest = 16
const longestSettings = 40

/** All of standard input as text. */
export async function readStandardInput(stdin: Input): Promise<string> {
  return decode(await standardInputBytes(stdin), 'Standard input')
}

async function standardInputBytes(stdin: Input, most = longest): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of stdin) {
    const bytes = Buffer.from(part)
    length += bytes.length
    if (length > most * 1024 ** 2) throw new UsageError(`Standard input is over ${most} MiB; give less.`)
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}

/** A settings file named on the command line; `-` is standard input. */
export async function readNamed(file: string, stdin: Input): Promise<string> {
  return decode(await readNamedBytes(file, stdin, longestSettings), file === '-' ? 'Standard input' : file)
}

/** The same in whatever encoding it is. */
export async function readNamedBytes(file: string, stdin: Input, most = longest): Promise<Buffer> {
  if (file === '-') return standardInputBytes(stdin, most)
  // No more than needed: a device such as /dev/zero has no end.
  const bytes = await collect(createReadStream(file, { end: most * 1024 ** 2 })).catch(error => {
    throw new UsageError(sentenceOf(error, file))
  })
  if (bytes.length > most * 1024 ** 2) throw new UsageError(`${file} is over ${most} MiB; give less.`)
  return bytes
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${name} is not text in UTF-8; convert it first.`)
  }
}

/** Standard input without the one line end that `echo` and editors leave; refused where nothing is left. */
export async function readSecret(stdin: Input, noun: string): Promise<string> {
  const text = (await readStandardInput(stdin)).replace(/\r?\n$/, '')
  if (text === '') throw new UsageError(`Standard input is empty; give the ${noun} there.`)
  return text
}

/** Asks twice, without echo, so that a slip of the finger locks nobody out. */
export async function askTwice(environment: Environment, prompt: string): Promise<string> {
  const first = await askHidden(environment, `${prompt}: `)
  if (first === '') throw new Error('The password is empty; nothing was changed.')
  const second = await askHidden(environment, 'Once more: ')
  if (first !== second) throw new Error('The two passwords differ; nothing was changed.')
  return first
}

/** Asks a person at the terminal and shows nothing of what is typed. Throws when it is broken off with Ctrl-C. */
export async function askHidden({ stdin, stderr }: Environment, prompt: string): Promise<string> {
  // Before the prompt: whoever types at once must not see it.
  stdin.setRawMode?.(true)
  stderr.write(prompt)
  try {
    return await typedLine(stdin)
  } finally {
    stdin.setRawMode?.(false)
    stdin.pause()
    stderr.write('\n')
  }
}

function typedLine(stdin: Input): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed = ''
    const decoder = new TextDecoder()
    const done = (settle: () => void) => {
      stdin.off('data', onData).off('end', onEnd)
      settle()
    }
    const onEnd = () => done(() => reject(new Error('Nothing was typed; nothing was changed.')))
    const onData = (bytes: Buffer | string) => {
      const text = typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true })
      const end = text.search(/[\r\n\u0003\u0004]/)
      typed = edit(typed, end === -1 ? text : text.slice(0, end))
      if (end === -1) return
      if (text[end] === '\u0003') return done(() => reject(new Error('Broken off; nothing was changed.')))
      // What was pasted or typed ahead belongs to the next question.
      const rest = text.slice(end).replace(/^(?:\r\n|[\s\S])/, '')
      done(() => resolve(typed))
      // A stream that flows would lose it before the next question listens.
      stdin.pause()
      if (rest !== '') stdin.unshift(Buffer.from(rest))
    }
    stdin.on('data', onData).on('end', onEnd)
    stdin.resume()
  })
}

/** The keys that change a line: backspace, Ctrl-U; arrows and other controls do nothing. */
function edit(typed: string, keys: string): string {
  let line = typed
  for (const key of keys.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|.)/g, '')) {
    if (key === '\u007f' || key === '\b') line = [...line].slice(0, -1).join('')
    else if (key === '\u0015') line = ''
    else if (!/\p{Cc}/u.test(key)) line += key
  }
  return line
}
