/** One measurement: so many messages from smtp-source through a target into smtp-sink. */
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { sampleTree } from './process-tree.ts'
import type { Running } from './running.ts'

export interface Load {
  readonly messages: number
  readonly size: number
  readonly sessions: number
  /** Milliseconds. */
  readonly limit: number
}

export interface Measurement {
  /** Messages per second at the sink, from the first connection on. */
  readonly rate: number
  /** Milliseconds of CPU for each message, of all the target's processes. */
  readonly cpu: number
  /** Bytes, the highest seen. */
  readonly memory: number
}

/** Throws when smtp-source fails or a message doesn't arrive within the limit. */
export async function measure(running: Running, load: Load, ticksPerSecond: number): Promise<Measurement> {
  const already = running.sunk
  const before = sampleTree(running.pid)
  const start = performance.now()
  const source = sendAll(running.port, load)
  let memory = 0
  let seconds: number | undefined
  for (let turn = 0; seconds === undefined; turn++) {
    await sleep(4)
    const passed = performance.now() - start
    const sunk = running.sunk - already
    if (sunk >= load.messages) seconds = passed / 1000
    else if (passed > load.limit)
      throw new Error(`${running.name}: ${sunk} of ${load.messages} in ${passed} ms.`)
    if (turn % 64 === 0) memory = Math.max(memory, sampleTree(running.pid).memory)
  }
  await source
  // What the target still does for these messages after the last has left.
  await sleep(300)
  const after = sampleTree(running.pid)
  const cpu = ((after.ticks - before.ticks) / ticksPerSecond / load.messages) * 1000
  return { rate: load.messages / seconds, cpu, memory: Math.max(memory, after.memory) }
}

function sendAll(port: number, { messages, size, sessions, limit }: Load): Promise<void> {
  const args = ['-s', `${sessions}`, '-l', `${size}`, '-m', `${messages}`]
  const addresses = ['-f', 'sender@a.example', '-t', 'recipient@b.example']
  const child = spawn('smtp-source', [...args, ...addresses, `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: limit,
    killSignal: 'SIGKILL',
  })
  const sent = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => (code === 0 ? resolve() : reject(new Error(`smtp-source ended with ${code}.`))))
  })
  // Its failure is thrown when it is awaited, after the messages that did arrive.
  sent.catch(() => {})
  return sent
}
