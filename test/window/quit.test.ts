/** Quit from the tray while a message is being sent: it says what stops, finishes that message, ends, and loses nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageBoxOptions } from 'electron'
import { startBus } from '../support/bus.ts'
import { startNotifier } from '../support/notifier.ts'
import { startSink } from '../support/sink.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'
import { type App, makeDesk } from './app.ts'
import { openPage, openTab, until, write } from './hands.ts'
import { letter } from './letter.ts'

/** Answers the question in the person's place; that it is really shown and clicked is proved with the tray. */
async function answerQuestion(app: App, button: string): Promise<() => Promise<MessageBoxOptions>> {
  await app.electron.evaluate(({ dialog }, chosen) => {
    Reflect.set(dialog, 'showMessageBox', async (options: MessageBoxOptions) => {
      Object.assign(globalThis, { asked: options })
      return { response: options.buttons?.indexOf(chosen) ?? -1, checkboxChecked: false }
    })
  }, button)
  const asked = () => app.electron.evaluate(() => Reflect.get(globalThis, 'asked'))
  return () => waitFor('the question', asked)
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open: () => open() }
}

test('what is being sent is sent, what waits is kept, and the question says so', async t => {
  const end = gate()
  const begun = gate()
  const sink = await startSink(t, {
    async reply({ stage }) {
      if (stage !== 'content') return undefined
      begun.open()
      await end.opened
      return undefined
    },
  })
  const down = await startSink(t)
  await down.stop()
  const bus = await startBus(t)
  const itemOf = await startNotifier(t, bus)
  const via = { via: 'smart-host', encryption: 'none' }
  const routes = [
    { ...via, to: ['slow.example'], hosts: [sink.address] },
    { ...via, to: ['*'], hosts: [down.address] },
  ]
  const desk = await makeDesk(t, { bus, settings: { delivery: { routes } } })
  const app = await desk.launch()
  const page = await app.page()
  const item = await itemOf()
  await openPage(page, 'SMTP')
  await openTab(page, 'Advanced')
  await write(page, 'Host name in the banner', 'new.example.com')
  const send = async (name: string, to: string) => {
    const port = await app.port()
    const sent = await swaks(t, { port, from: 'a@example.com', to: [to], data: letter(name) })
    assert.equal(sent.code, 0, sent.transcript)
  }
  await send('waits', 'friend@down.example')
  await send('goes', 'friend@slow.example')
  await begun.opened
  await until('the tray', async () => (await item.tooltip()) === 'Postern: running, 2 waiting')
  await until('the draft', () => page.evaluate(async () => (await window.postern.ask('keptDraft')) !== null))

  const kept = await answerQuestion(app, 'Keep running')
  await item.choose('Quit Postern')
  const { detail = '' } = await kept()
  assert.match(detail, /^No mail is taken or delivered until Postern is started again: /)
  assert.match(detail, /\n2 messages that wait are kept and sent after the next start\./)
  assert.match(detail, /\nWhat was changed in the window and not applied is lost\.$/)
  assert.ok(await desk.answers())

  await answerQuestion(app, 'Quit')
  await item.choose('Quit Postern')
  await until('it to take no more', async () => !(await desk.answers()))
  assert.equal(app.electron.process().exitCode, null)
  end.open()
  assert.equal(await app.ended, 0)
  assert.equal(sink.received.length, 1)

  await down.start()
  const next = await desk.launch('--hidden')
  await next.control.retryMessages({ ids: [], all: true })
  const [late] = await down.waitForMail(1)
  assert.ok(late?.content.subarray(-letter('waits').length).equals(letter('waits')))
  await until('an empty queue', async () => (await next.control.status()).queue.messages === 0)
  assert.ok(sink.received[0]?.content.subarray(-letter('goes').length).equals(letter('goes')))
  assert.deepEqual([sink.received.length, down.received.length], [1, 1])
})
