/** Garbage in every request of the control socket of a whole relay: each is refused in a sentence, and mail goes on. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { answer, isRequest, requests } from '../../app/control/requests.ts'
import { controlAddressOf } from '../../app/settings/folder.ts'
import { atEnd, type Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { asJson, fittingArguments, garbageFor } from '../support/garbage.ts'
import { officeSettings, type RunningRelay, startRelay } from '../support/relay-on-folder.ts'

const names = Object.keys(requests).filter(isRequest)

interface Said {
  readonly r?: unknown
  /** Why it was refused. */
  readonly e?: string
}

/** One connection for them all: garbage must not end it. */
async function asking(t: Ending, { folder }: RunningRelay) {
  const socket: Socket = connect(await controlAddressOf(folder))
  atEnd(t, () => void socket.destroy())
  let rest = ''
  const waiting = new Map<string, (answer: Said) => void>()
  const end = new Promise<never>((_, reject) => {
    socket.on('close', () => reject(new Error('The relay ended the connection.')))
  })
  end.catch(() => undefined)
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const said: Said & { readonly i: string } = JSON.parse(line)
      waiting.get(said.i)?.(said)
      waiting.delete(said.i)
    }
  })
  let count = 0
  return (m: string, a: readonly unknown[]) => {
    const i = String(++count)
    const answered = new Promise<Said>(resolve => {
      waiting.set(i, resolve)
    })
    socket.write(`${JSON.stringify({ t: 'q', i, m, a })}\n`)
    return Promise.race([answered, end])
  }
}

test('garbage over the control socket is refused in one sentence, and the relay goes on', async t => {
  const relay = await startRelay(t, await makeFolder(t), officeSettings({}))
  const ask = await asking(t, relay)
  const before = await readFile(join(relay.folder, 'settings.json'), 'utf8')
  for (const name of names) {
    const refused = fc.asyncProperty(garbageFor(requests[name]), async args => {
      const { e } = await ask(name, asJson(args))
      assert.equal(e, `The arguments of the request ${name} are wrong.`)
    })
    await fc.assert(refused, { numRuns: 15 }).catch(error => {
      throw new Error(`${name}: ${String(error).slice(0, 3000)}`)
    })
  }
  assert.equal(await readFile(join(relay.folder, 'settings.json'), 'utf8'), before)
  assert.equal(typeof (await ask('status', [])).r, 'object')
  await relay.submit(['friend@far.example'])
})

/** They take long, or wait for a person. */
const patient = ['doctor', 'sendTest', 'beginSignIn', 'waitForSignIn', 'checkDkim']

test('hostile texts in arguments that fit are answered, or refused in one sentence', async t => {
  const relay = await startRelay(t, await makeFolder(t), officeSettings({}))
  const ask = await asking(t, relay)
  const before = await readFile(join(relay.folder, 'settings.json'), 'utf8')
  for (const name of names.filter(one => !patient.includes(one))) {
    const answered = fc.asyncProperty(fittingArguments(requests[name]), async args => {
      const { e } = await ask(name, args)
      if (e !== undefined) assert.match(e, /^[^\r\n]+$/)
      assert.doesNotMatch(e ?? '', / {4}at |\[object |undefined/)
    })
    await fc.assert(answered, { numRuns: 12 }).catch(error => {
      throw new Error(`${name}: ${String(error).slice(0, 3000)}`)
    })
  }
  assert.equal(typeof (await ask('status', [])).r, 'object')
  // What fits may rightly have changed who can send.
  const { r } = await ask('importSettings', [before, 'command line', { openRelay: true }])
  assert.equal(Reflect.get(Object(r), 'ok'), true, JSON.stringify(r))
  await relay.submit(['friend@far.example'])
  assert.equal(Reflect.get({}, 'all'), undefined)
  assert.equal(Reflect.get({}, 'ok'), undefined)
})

test('a check that lets something through is noticed', async () => {
  const taken: unknown[] = []
  const control = { status: async (...args: unknown[]) => taken.push(args) }
  await answer(control as never, 'status', [])
  assert.deepEqual(taken, [[]])
  const sample = fc.sample(garbageFor(requests.removeMessages), { numRuns: 300, seed: 1 })
  const kinds = new Set(sample.map(args => `${args.length} ${typeof args[0]}`))
  assert.ok(kinds.size >= 6, [...kinds].join(', '))
  assert.ok(sample.some(args => typeof args[0] === 'object' && Object.hasOwn(args[0] ?? {}, 'ids')))
})
