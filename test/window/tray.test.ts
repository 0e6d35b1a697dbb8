/** The tray on a panel: found on the screen, with a colour for each state; a click opens the window, the menu does what it says. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Display } from '../support/display.ts'
import { startProcess } from '../support/process.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'
import { makeDesk, portOf } from './app.ts'

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

/** It opens under the icon, upon a black screen or the window, and is white but for its words. */
async function waitForMenu(display: Display): Promise<void> {
  const white = async () => (await display.pixels({ x: 8, y: 30 }, 10, 40)).every(pixel => pixel === 'ffffff')
  await waitFor('the menu', async () => ((await white()) ? true : undefined))
}

test('the tray shows each state on a panel, opens the window at a click, and quits after asking', async t => {
  const routes = [{ to: ['*'], via: 'smart-host', hosts: ['127.0.0.1:1'], encryption: 'none' }]
  const desk = await makeDesk(t, { settings: { delivery: { routes } } })
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

  const port = portOf(await control.status())
  const sent = await swaks(t, { port, from: 'a@example.com', to: ['someone@elsewhere.example'] })
  assert.equal(sent.code, 0, sent.transcript)
  await waitForState(display, 'letter')

  await control.holdMessages({ ids: [], all: true })
  await waitForState(display, 'full')

  await display.click(icon, 'right')
  await waitForMenu(display)
  await display.press('Down', 'Down', 'Return')
  await waitForState(display, 'crossed')
  assert.deepEqual((await control.status()).listeners, [])

  await display.click(icon)
  await waitFor('the window', async () => (await display.windows(/^Postern$/))[0])

  await display.click(icon, 'right')
  await waitForMenu(display)
  await display.press('Up', 'Return')
  const dialog = await waitFor('the question', async () => (await display.windows(/^Quit Postern$/))[0])
  await display.screenshot(join(out, 'quit.png'))
  assert.ok(await desk.answers())
  const { x, y, width, height } = await display.placeOf(dialog)
  await display.click({ x: x + Math.round(width / 4), y: y + height - 17 })
  assert.equal((await app.ended).code, 0, app.output)
  assert.equal(await desk.answers(), false)
})
