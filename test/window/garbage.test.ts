/** Garbage in every request of the bridge, from the real window: refused in one sentence, nothing is executed or changed. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Page } from 'playwright-core'
import { checks, isRequest } from '../../main/requests.ts'
import { asJson, fittingArguments, garbageFor, SPECIAL } from '../support/garbage.ts'
import { swaks } from '../support/swaks.ts'
import { makeDesk } from './app.ts'

const names = Object.keys(checks).filter(isRequest)

/** Runs in the page; as text, since what compiles this file adds calls of its own to functions. */
const asking = `globalThis.asked = async (name, json) => {
  const cycle = {}
  cycle.self = cycle
  const specials = {
    undefined, NaN, Infinity, bigint: 5n, date: new Date(0), map: new Map([['all', true]]), bytes: new Uint8Array(9),
    function: () => { globalThis.ran = 'a function' }, symbol: Symbol('x'), cycle, window,
  }
  const args = JSON.parse(json, (key, value) =>
    value !== null && typeof value === 'object' && '${SPECIAL}' in value ? specials[value['${SPECIAL}']] : value)
  try {
    await window.postern.ask(name, ...args)
    return { answered: true }
  } catch (error) {
    return { said: error instanceof Error ? error.message : 'no error: ' + error }
  }
}`

/** Without a trace of the program's inside. */
const ONE_SENTENCE = /^(?!.*(?: {4}at |\[object |undefined))[^\r\n]+$/

interface Asked {
  readonly answered?: true
  readonly said?: string
}

function ask(page: Page, name: string, args: readonly unknown[]): Promise<Asked> {
  return page.evaluate(`asked(${JSON.stringify(name)}, ${JSON.stringify(JSON.stringify(args))})`)
}

/** The first sample's seed stands in the message, so that it can be had again. */
async function each(
  name: string,
  property: fc.IAsyncProperty<[readonly unknown[]]>,
  runs: number,
): Promise<void> {
  await fc.assert(property, { numRuns: runs, endOnFailure: true }).catch(error => {
    throw new Error(`${name}: ${String(error).slice(0, 3000)}`)
  })
}

test('garbage in every request of the window is refused in one sentence, and the relay serves on', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  const page = await app.page()
  await page.evaluate(asking)
  const settings = () => readFile(join(desk.folder, 'settings.json'), 'utf8')
  const before = await settings()
  // What can't be copied to another process is refused on the way, by the browser in its words.
  const refusal = (name: string) =>
    new RegExp(`^(The window asked for ${name} with wrong arguments\\.|.*could not be cloned\\.)$`)
  for (const name of names) {
    const refused = fc.asyncProperty(garbageFor(checks[name]), async args => {
      const { answered, said = '' } = await ask(page, name, args)
      // A special value may fit as it comes out of the bridge: then it is answered, or refused as any other that fits.
      const mayFit = args.some(arg => JSON.stringify(arg).includes(SPECIAL))
      if (answered && mayFit) return
      assert.match(said, mayFit ? ONE_SENTENCE : refusal(name))
    })
    await each(name, refused, 12)
  }
  assert.equal(await settings(), before)
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'ran')), undefined)
  assert.deepEqual(await ask(page, 'status', []), { answered: true })
  const sent = await swaks(t, { port: await app.port(), from: 'a@example.com', to: ['support@example.com'] })
  assert.equal(sent.code, 0, sent.transcript)
})

/** They take long, wait for a person, or do what they are asked: stop taking mail, start with the system, copy. */
const doing = [
  'doctor',
  'sendTest',
  'beginSignIn',
  'waitForSignIn',
  'checkDkim',
  'pause',
  'setAutostart',
  'findMail',
]

test('hostile texts that fit are answered or refused in one sentence, and run nowhere', async t => {
  const desk = await makeDesk(t)
  const app = await desk.launch()
  const page = await app.page()
  await page.evaluate(asking)
  for (const name of names.filter(one => !doing.includes(one))) {
    const answered = fc.asyncProperty(fittingArguments(checks[name]), async args => {
      const { said } = await ask(page, name, asJson(args))
      if (said !== undefined) assert.match(said, ONE_SENTENCE)
    })
    await each(name, answered, 8)
  }
  assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'ran')), undefined)
  const inMain = await app.electron.evaluate(() => [Reflect.get(globalThis, 'ran'), Reflect.get({}, 'all')])
  assert.deepEqual(inMain, [undefined, undefined])
  assert.ok(!(await readdir('/tmp')).includes('x'))
  const sent = await swaks(t, { port: await app.port(), from: 'a@example.com', to: ['support@example.com'] })
  assert.equal(sent.code, 0, sent.transcript)
})
