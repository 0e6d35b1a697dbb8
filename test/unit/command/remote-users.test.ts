/** `postern remote-users`, and `--allow-open-relay`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Control } from '../../../app/control/control.ts'
import { input, run } from '../../support/command.ts'
import { MemoryControl } from '../../support/memory-control.ts'

test('shows what would change, and changes it only with --apply', async () => {
  const control = new MemoryControl()
  const gain = {
    change: 'gained',
    recipients: 'external',
    who: ['support'],
    ranges: [],
    rangeCount: 1,
  } as const
  control.comparison = {
    ok: true,
    words: [],
    senders: [{ ...gain, words: 'support can send from everywhere.' }],
  }
  const shown = await run(['remote-users', '--user', 'support', '--user', 'webmaster'], control)
  assert.equal(shown.status, 0)
  assert.equal(shown.out, 'lets support,webmaster in\n\ngained  support can send from everywhere.\n')
  assert.equal(shown.err, 'A note.\nNothing is changed yet: give --apply for that.\n')
  assert.deepEqual(control.changers, [])
  const applied = await run(['remote-users', '--user', 'support', '--apply'], control)
  assert.deepEqual(applied, { status: 0, out: 'let support in\n', err: '' })
  assert.deepEqual(control.changers, ['command line'])
})

test('says why it can not', async () => {
  const refused = await run(['remote-users'], new MemoryControl())
  assert.deepEqual(refused, { status: 2, out: '', err: 'users: Choose somebody.\n' })
})

test('every user and some users at once is no question: nobody is let in whom the command names not', async () => {
  const control = new MemoryControl()
  for (const names of [
    ['--every-user', '--user', 'fred'],
    ['--user', 'fred', '--every-user'],
  ]) {
    const refused = await run(['remote-users', ...names, '--apply'], control)
    assert.equal(refused.status, 2)
    assert.match(refused.err, /'--every-user' cannot be used with option '--user <name>'/)
  }
  assert.deepEqual(control.changers, [])
})

test('prints facts for programs', async () => {
  const { out } = await run(['remote-users', '--user', 'fred', '--json'], new MemoryControl())
  assert.deepEqual(JSON.parse(out), { words: ['lets fred in'], senders: [], notes: ['A note.'] })
})

test('--allow-open-relay reaches the relay with each command that changes settings', async () => {
  const memory = new MemoryControl()
  const finding = {
    kind: 'empty-list',
    list: 'service',
    row: null,
    text: 'Empty.',
    mend: 'Fill it.',
  } as const
  memory.audited = { ...memory.audited, findings: [finding] }
  const control: Control = memory
  const consents: unknown[] = []
  control.setSettings = async (_path, _value, _by, consent) => {
    consents.push(consent)
    return { ok: true, words: 'set' }
  }
  control.importSettings = async (_text, _by, consent) => {
    consents.push(consent)
    return { ok: true, words: 'imported' }
  }
  control.restoreEarlier = async (_file, _by, consent) => {
    consents.push(consent)
    return { ok: true, words: 'restored' }
  }
  control.letRemoteUsersSend = async (_asked, _by, consent) => {
    consents.push(consent)
    return { ok: true, words: 'let in' }
  }
  control.mend = async (_finding, _by, consent) => {
    consents.push(consent)
    return { ok: true, words: 'mended' }
  }
  control.undo = async (_by, consent) => {
    consents.push(consent)
    return { ok: true, words: 'undone' }
  }
  const lines = [
    ['settings', 'set', 'smtp.access', '[]'],
    ['settings', 'import', '-'],
    ['settings', 'undo'],
    ['settings', 'undo', 'x.json'],
    ['remote-users', '--user', 'support', '--apply'],
    ['audit', '--fix', '1'],
  ]
  for (const line of lines) {
    await run(line, control, { stdin: input('{}') })
    await run([...line, '--allow-open-relay'], control, { stdin: input('{}') })
  }
  assert.deepEqual(
    consents,
    lines.flatMap(() => [{ openRelay: false }, { openRelay: true }]),
  )
})
