/** `explain` says what a session gets: for every account, whether it can log on or not. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { formatReply, parseReply } from '../../app/mail/reply.ts'
import { SmtpClient } from '../support/client.ts'
import { type Ending, endOfSuite } from '../support/ending.ts'
import { account, password, type RunningRelay, startRelay } from '../support/relay.ts'

const stranger = '127.0.9.9'
const external = 'someone@elsewhere.example'

/** What a session of that client gets for this recipient, and what AUTH said, if it was tried. */
async function inSession(
  test: Ending,
  relay: RunningRelay,
  from: string,
  user: string | undefined,
  to: string,
) {
  const client = await SmtpClient.open(test, relay.endpoint(), { from })
  if (parseReply(client.greeting)?.code !== 220) return { reply: client.greeting, logOn: undefined }
  await client.ask('EHLO client.example')
  const credentials = Buffer.from(`\0${user}\0${password}`).toString('base64')
  const logOn = user === undefined ? undefined : await client.ask(`AUTH PLAIN ${credentials}`)
  await client.ask('MAIL FROM:<sender@client.example>')
  const answer = parseReply(await client.ask(`RCPT TO:<${to}>`))
  client.socket.destroy()
  return { reply: answer && formatReply(answer), logOn }
}

describe('who is logged on', () => {
  const suite = endOfSuite()
  let relay: RunningRelay
  before(async () => {
    const { password: _, ...silent } = account('silent')
    const users = [account('support'), { ...account('fred'), enabled: false }, silent]
    const access = [{ action: 'allow', from: 'any', users: ['support', 'fred', 'silent', 'ghost'] }]
    relay = await startRelay(suite, { users, smtp: { access } })
  })
  const cases: [string, number, number, string | undefined][] = [
    ['support', 235, 250, undefined],
    ['SUPPORT', 235, 250, 'SUPPORT logs on as the account support.'],
    ['support@example.com', 235, 250, 'support@example.com logs on as the account support.'],
    ['fred', 535, 530, "fred can't log on: the account is disabled, so nobody is logged on."],
    ['ghost', 535, 530, "ghost can't log on: there is no such account, so nobody is logged on."],
  ]
  for (const [user, logOn, code, step] of cases) {
    test(`${user}: ${logOn}, then ${code}`, async t => {
      const decision = await relay.control.explain({ client: stranger, user, to: external })
      const session = await inSession(t, relay, stranger, user, external)
      assert.equal(parseReply(session.logOn ?? '')?.code, logOn)
      assert.equal(session.reply, formatReply(decision.reply))
      assert.equal(decision.reply.code, code)
      const who = code === 250 ? 'support is logged on' : 'nobody is logged on'
      const steps = [...(step === undefined ? [] : [step]), `${stranger} is the client; ${who}.`]
      assert.deepEqual(decision.steps.slice(0, steps.length), steps)
    })
  }

  test('an account without a password is explained as it will be, and that is said', async () => {
    const decision = await relay.control.explain({ client: stranger, user: 'silent', to: external })
    assert.equal(decision.reply.code, 250)
    assert.equal(decision.steps[0], 'silent has no password yet: this is what holds once it has one.')
  })
})
