/** What a reply means here: the buttons name the settings that a person opens. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AskedReply } from '../../../app/control/control.ts'
import { messageMeanings, replyMeaning, type SendingSettings } from '../../../app/control/reply-meanings.ts'
import { parseReply, reply } from '../../../app/mail/reply.ts'
import { namesAt } from '../../../app/settings/draft.ts'
import { parsePath } from '../../../app/settings/path.ts'
import { settingsSchema } from '../../../app/settings/schema.ts'
import type { Route } from '../../../app/settings/settings.ts'
import { queued } from '../../support/memory-control.ts'
import { ownSamples, saidSamples, signInSamples } from '../delivery/meaning/samples.ts'

const route = (changes: Partial<Route>): Route => ({
  to: ['*'],
  senders: [],
  users: [],
  via: 'smart-host',
  hosts: [],
  encryption: 'starttls-required',
  plaintextLogin: 'never',
  ...changes,
})

const settings: SendingSettings = {
  hostname: 'mail.example.com',
  delivery: {
    routes: [
      route({ to: ['partner.example'], via: 'mx' }),
      route({ users: ['shop'], hosts: [{ host: 'shop.example', port: 587 }] }),
      route({ hosts: [{ host: 'smtp.example', port: 587 }] }),
    ],
  },
}

const logOn = reply(535, '5.7.3', 'Authentication unsuccessful')

const pathOf = (asked: Omit<AskedReply, 'reply'>, answer = logOn) =>
  replyMeaning({ reply: answer, ...asked }, settings)?.mends[0]?.path

describe('which mail sender it is about', () => {
  test('the one with the host that said it', () => {
    assert.equal(pathOf({ via: 'shop.example:587', to: 'b@y.example' }), 'delivery.routes[1].login')
  })

  test('else the one that takes such mail', () => {
    assert.equal(pathOf({ to: 'b@y.example' }), 'delivery.routes[2].login')
    assert.equal(pathOf({ to: 'b@y.example', user: 'shop' }), 'delivery.routes[1].login')
    assert.equal(pathOf({ to: 'b@partner.example' }), 'delivery.routes[0].login')
  })

  test('the list of them where nothing says it', () => {
    assert.equal(pathOf({}), 'delivery.routes')
    assert.equal(pathOf({ via: 'gone.example:587' }), 'delivery.routes')
  })
})

test('every button of every sample opens a setting that exists, or none', () => {
  const samples = [...Object.values(ownSamples), ...Object.values(saidSamples)].flat().map(parseReply)
  for (const answer of [...samples, ...Object.values(signInSamples)]) {
    assert.ok(answer)
    const sample = answer.text
    const meaning = replyMeaning({ reply: answer, to: 'b@y.example' }, settings)
    for (const { path } of meaning?.mends ?? []) {
      if (path === undefined) continue
      const steps = parsePath(path) ?? []
      const last = steps.at(-1)
      const isKnown =
        typeof last === 'number' || namesAt(settingsSchema, steps.slice(0, -1)).includes(String(last))
      assert.ok(isKnown, `${sample}: ${path}`)
    }
  }
})

test('a message: one for each recipient that was refused or postponed', () => {
  const found = messageMeanings(
    queued('A1', [
      { kind: 'waiting', attempts: 1, next: 0, reply: logOn },
      { kind: 'waiting', attempts: 0, next: 0 },
      { kind: 'delivered', at: 0, reply: reply(250, '2.0.0', 'OK') },
      { kind: 'removed', at: 0 },
    ]),
    settings,
  )
  assert.deepEqual(
    found.map(meaning => meaning?.mends[0]?.path ?? null),
    ['delivery.routes[2].login', null, null, null],
  )
})

test('the text for a provider names both servers', () => {
  const blocked = reply(554, '5.7.1', 'Service unavailable; Client host blocked by our own list')
  const meaning = replyMeaning(
    { reply: blocked, via: 'mx.y.example:25', from: 'a@x.example', to: 'b@y.example' },
    settings,
  )
  const text = meaning?.mends.flatMap(mend => ('text' in mend ? [mend.text] : []))[0] ?? ''
  for (const part of ['mx.y.example:25', 'mail.example.com', 'a@x.example', 'b@y.example', 'our own list'])
    assert.ok(text.includes(part), part)
})
