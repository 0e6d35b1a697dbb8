/** When a certificate is renewed: thirty days before its end or a third of its time, and again where that fails. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EventBody } from '../../../app/log/event.ts'
import { KeyFileSecrets } from '../../../app/settings/keyfile.ts'
import { parseSettings } from '../../../app/settings/parse.ts'
import { readAcmeFile } from '../../../app/tls/acme-file.ts'
import { expiryOf } from '../../../app/tls/certificate.ts'
import { RENEWAL, Renewal } from '../../../app/tls/renewal.ts'
import { atEnd, type Ending } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { startPebble } from '../../support/pebble.ts'
import { waitFor } from '../../support/wait.ts'
import { checks } from '../settings/checks.ts'

const DAY = 24 * 60 * 60_000
const name = 'mail.postern.example'

/** A renewal whose clock the test sets. */
async function renewing(t: Ending, acme: object) {
  const folder = await makeFolder(t)
  const parsed = parseSettings(
    { certificate: { source: 'acme', acme: { termsAgreed: true, ...acme } } },
    checks,
  )
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const clock = { now: Date.now(), renewed: 0 }
  const events: EventBody[] = []
  const renewal = new Renewal({
    folder,
    settings: () => parsed.value,
    secrets: await KeyFileSecrets.open(folder),
    emit: event => events.push(event),
    renewed: async () => {
      clock.renewed++
    },
    now: () => clock.now,
    rules: { ...RENEWAL, again: 1000 },
  })
  atEnd(t, () => renewal.stop())
  const idle = () =>
    waitFor('the renewal to be over', () => (renewal.facts?.busy ? undefined : renewal.facts), 60_000)
  const look = () => {
    renewal.look()
    return idle()
  }
  const current = async () => {
    const found = await readAcmeFile(folder)
    assert.ok(found)
    return found.certificate
  }
  return { renewal, clock, events, idle, look, current, folder }
}

async function pebbleFor(t: Ending, validity: number) {
  const pebble = await startPebble(t, { zone: { [name]: { A: ['127.0.0.1'] } }, validity: validity / 1000 })
  const { directory, trust, httpPort: port } = pebble
  return { directory, trust, port, names: [name] }
}

for (const [days, lead] of [
  [398, 30],
  [90, 30],
  [6, 2],
] as const)
  test(`one for ${days} days is renewed when ${lead} are left, a little earlier by chance, and not before`, async t => {
    const { renewal, clock, idle, look, current } = await renewing(t, await pebbleFor(t, days * DAY))
    renewal.start()
    const { next = 0 } = await idle()
    assert.equal(clock.renewed, 1)
    const first = await current()
    const before = expiryOf(first) - next
    assert.ok(
      before > lead * DAY - 60_000 && before < lead * DAY + Math.min(DAY, (lead * DAY) / 10),
      `${before}`,
    )
    clock.now = next - 60_000
    await look()
    assert.equal(clock.renewed, 1)
    clock.now = next + 1
    await look()
    assert.equal(clock.renewed, 2)
    assert.notEqual((await current()).leaf.fingerprint256, first.leaf.fingerprint256)
  })

test('what fails is tried again after an hour’s like, each time after twice as long, at most a day', async t => {
  const directory = 'https://127.0.0.1:1/directory'
  const { renewal, clock, events, idle, look } = await renewing(t, { directory, names: [name] })
  renewal.start()
  await idle()
  for (const wait of [1000, 2000, 4000, 8000]) {
    const { next = 0, failed } = renewal.facts ?? {}
    const waits = next - clock.now
    assert.ok(waits >= wait * 0.9 && waits <= wait * 1.1, `${waits} for ${wait}`)
    assert.match(failed ?? '', /^No certificate was got from 127\.0\.0\.1: it refuses the connection\.$/)
    const told = events.length
    clock.now = next - 1
    await look()
    assert.equal(events.length, told)
    clock.now = next
    await look()
    assert.equal(events.length, told + 1)
  }
  assert.equal(RENEWAL.again, 60 * 60_000)
})

test('a stop breaks off what is under way', async t => {
  const pebble = await pebbleFor(t, 90 * DAY)
  const command = join(await makeFolder(t), 'dns')
  const mark = `${command}.called`
  await writeFile(command, `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 })
  const dns = { challenge: 'dns-01', dnsCommand: command, dnsWait: '1h' }
  const { renewal, events } = await renewing(t, { ...pebble, ...dns })
  renewal.start()
  const { stat } = await import('node:fs/promises')
  await waitFor('the program', () => stat(mark).catch(() => undefined), 30_000)
  const started = performance.now()
  await renewal.stop()
  assert.ok(performance.now() - started < 5000)
  assert.deepEqual(events, [])
})
