/** The tray on a panel: found on the screen, with a colour for each state; a click opens the window, the menu does what it says. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Control } from '../../app/control/control.ts'
import type { Display } from '../support/display.ts'
import type { Ending } from '../support/ending.ts'
import { freePort } from '../support/port.ts'
import { runProcess, startProcess } from '../support/process.ts'
import { startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'
import { makeDesk } from './app.ts'

const out = join(import.meta.dirname, '../out')
/** Where trayer shows the one icon there is. */
const icon = { x: 13, y: 12 }

/** Which colours of the drawings an icon shows, as counts of pixels. */
async function colours(display: Display): Promise<Record<'red' | 'pale' | 'yellow' | 'outline', number>> {
  const pixels = await display.pixels({ x: 0, y: 0 }, 26, 24)
  const near = (wanted: string) => pixels.filter(pixel => distance(pixel, wanted) < 40).length
  return { red: near('c62828'), pale: near('e08f8f'), yellow: near('f5a800'), outline: near('3f4650') }
}

function distance(one: string, other: string): number {
  return Math.max(...[0, 2, 4].map(at => Math.abs(byteAt(one, at) - byteAt(other, at))))
}

function byteAt(colour: string, at: number): number {
  return Number.parseInt(colour.slice(at, at + 2), 16)
}

type Shown = 'plain' | 'letter' | 'full' | 'crossed'

async function shown(display: Display): Promise<Shown | undefined> {
  const { red, pale, yellow, outline } = await colours(display)
  if (red + pale < 20) return undefined
  if (pale > 40) return 'crossed'
  if (yellow > 10) return 'full'
  return outline > 10 ? 'letter' : 'plain'
}

async function waitForState(display: Display, state: Shown): Promise<void> {
  const until = async () => ((await shown(display)) === state ? true : undefined)
  await waitFor(`the icon ${state}`, until)
  await display.screenshot(join(out, `tray-${state}.png`))
}

/** Once more where the panel was too busy to hear the click. */
async function openMenu(display: Display): Promise<void> {
  for (let left = 5; ; left--) {
    await display.click(icon, 'right')
    if (await isMenuOpen(display, left === 0 ? 10_000 : 2000)) return
    if (left === 0) throw new Error('The menu of the icon did not open.')
    await display.press('Escape')
  }
}

/** It opens under the icon, upon a black screen or the window, and is white but for its words. */
async function isMenuOpen(display: Display, timeout: number): Promise<boolean> {
  const white = async () => (await display.pixels({ x: 8, y: 30 }, 10, 40)).every(pixel => pixel === 'ffffff')
  return waitFor('the menu', async () => ((await white()) ? true : undefined), timeout).catch(() => false)
}

/** Chooses an entry of the menu, so many steps from the top; entries that are grey are passed over. */
async function chooseFromMenu(display: Display, steps: number): Promise<void> {
  await openMenu(display)
  await display.press(...Array<string>(steps).fill('Down'), 'Return')
}

/** What is on the clipboard of the display, as any other program gets it. */
async function clipboard(t: Ending, display: Display): Promise<string> {
  const command = ['xclip', '-o', '-selection', 'clipboard']
  return (await runProcess(t, command, { env: display.env, timeout: 5000 })).stdout
}

const pause = 2
const sendNow = 3
/** While nothing waits, "Send waiting mail now" is grey. */
const copySettings = 3

test('the tray shows each state on a panel, opens the window at a click, and quits after asking', async t => {
  const sink = await startSink(t)
  await sink.stop()
  const routes = [{ to: ['*'], via: 'smart-host', hosts: [sink.address], encryption: 'none' }]
  const port = await freePort()
  const listeners = [{ address: '127.0.0.1', port, encryption: 'starttls' }]
  const desk = await makeDesk(t, { settings: { smtp: { listeners }, delivery: { routes, retry: ['1h'] } } })
  const { display } = desk
  await startProcess(
    t,
    ['trayer', '--edge', 'top', '--align', 'left', '--widthtype', 'request', '--height', '24'],
    {
      env: display.env,
    },
  )
  const app = await desk.start('--hidden')
  const control = await desk.control()
  await waitForState(display, 'plain')
  assert.deepEqual(await display.windows(/^Postern$/), [])

  const send = (to: string) => swaks(t, { port, from: 'a@example.com', to: [`${to}@elsewhere.example`] })
  const sent = await send('one')
  assert.equal(sent.code, 0, sent.transcript)
  await waitForState(display, 'letter')

  await control.holdMessages({ ids: [], all: true })
  await waitForState(display, 'full')

  await chooseFromMenu(display, pause)
  await waitForState(display, 'crossed')
  assert.deepEqual((await control.status()).listeners, [])
  const refused = await send('nobody')
  assert.match(refused.transcript, /Connection refused/)

  await chooseFromMenu(display, pause)
  await waitForState(display, 'full')
  await control.releaseMessages({ ids: [], all: true })
  await waitForState(display, 'letter')
  const taken = await send('two')
  assert.equal(taken.code, 0, taken.transcript)
  await waitFor('an attempt of each', async () => (await deferred(control)).size === 2 || undefined)

  await sink.start()
  await chooseFromMenu(display, sendNow)
  await sink.waitForMail(2)
  await waitForState(display, 'plain')

  await chooseFromMenu(display, copySettings)
  const copied = new RegExp(`Outgoing mail server .*127\\.0\\.0\\.1\nPort: ${port}\nEncryption: STARTTLS`)
  await waitFor('the clipboard', async () => copied.test(await clipboard(t, display)) || undefined)

  await display.click(icon)
  await waitFor('the window', async () => (await display.windows(/^Postern$/))[0])

  await openMenu(display)
  await display.press('Up', 'Return')
  const dialog = await waitFor('the question', async () => (await display.windows(/^Quit Postern$/))[0])
  await display.screenshot(join(out, 'quit.png'))
  assert.ok(await desk.answers())
  const { x, y, width, height } = await display.placeOf(dialog)
  await display.click({ x: x + Math.round(width / 4), y: y + height - 17 })
  assert.equal((await app.ended).code, 0, app.output)
  assert.equal(await desk.answers(), false)
  assert.equal(sink.received.length, 2)
})

/** Recipients that an attempt failed for. */
async function deferred(control: Control): Promise<ReadonlySet<string>> {
  const events = await control.readLog({})
  return new Set(events.flatMap(event => (event.kind === 'deferred' ? [event.to] : [])))
}
