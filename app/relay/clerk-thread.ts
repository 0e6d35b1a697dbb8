/** Where the clerk's thread begins: takes calls, one after the other, and answers them. */
import { parentPort } from 'node:worker_threads'
import { sentenceOf } from '../control/sentence.ts'
import type { FromClerk, ToClerk } from './clerk-words.ts'
import { type Ask, ClerkWork } from './clerk-work.ts'

const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
let counted = 0

const send = (message: FromClerk) => parentPort?.postMessage(message)

const ask: Ask = (name, ...args) =>
  new Promise((resolve, reject) => {
    const id = ++counted
    // The relay answers each call with what its table says.
    waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
    send({ call: { id, name, args } })
  })

const work = new ClerkWork(ask)
let turn: Promise<unknown> = Promise.resolve()

parentPort?.on('message', (message: ToClerk) => {
  if ('answer' in message) return take(message.answer)
  const { id, name, args } = message.call
  turn = turn.then(async () => {
    try {
      send({ answer: { id, value: await Reflect.apply(work[name], work, args) } })
    } catch (error) {
      send({ answer: { id, sentence: sentenceOf(error) } })
    }
  })
})

function take(answer: Extract<ToClerk, { answer: unknown }>['answer']): void {
  const asked = waiting.get(answer.id)
  waiting.delete(answer.id)
  if ('value' in answer) asked?.resolve(answer.value)
  else asked?.reject(new Error(answer.sentence))
}
