/** Notices when nodemailer changes where we look inside it; the other tests show that what we read means what we think. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { atEnd, type Ending } from '../../support/ending.ts'
import { type HopScript, startNextHop } from '../../support/next-hop.ts'

async function opened(test: Ending, script: HopScript = {}): Promise<SMTPConnection> {
  const hop = await startNextHop(test, script)
  const socket = connect(hop.port, '127.0.0.1')
  await once(socket, 'connect')
  const connection = new SMTPConnection({ connection: socket, ignoreTLS: true })
  atEnd(test, () => connection.close())
  await new Promise<void>(resolve => connection.connect(() => resolve()))
  return connection
}

interface Outcome {
  readonly code: unknown
  readonly command: unknown
  readonly response: unknown
  readonly refused: unknown
  readonly accepted: unknown
}

async function outcomeOf(test: Ending, refuse: string, reply = '550 5.1.1 no'): Promise<Outcome> {
  const answer = (command: string) => (command.startsWith(refuse) ? reply : undefined)
  const connection = await opened(test, { answer })
  const envelope = { from: 'a@d', to: ['b@d'] }
  const error = await new Promise<object | null>(resolve =>
    connection.send(envelope, Buffer.from('x'), resolve),
  )
  const of = (name: string, object: object = error ?? {}) => Reflect.get(object, name)
  const refusals = of('rejectedErrors', envelope)
  return {
    code: of('code'),
    command: of('command'),
    response: of('response'),
    refused: refusals.map((refusal: object) => [of('recipient', refusal), of('response', refusal)]),
    accepted: of('accepted', envelope),
  }
}

test('what EHLO offered is in _supportedExtensions', async t => {
  const connection = await opened(t, { extensions: ['SMTPUTF8', 'DSN', 'X-OTHER'] })
  assert.deepEqual(Reflect.get(connection, '_supportedExtensions'), ['SMTPUTF8', 'DSN'])
})

test('what is sent goes through _sendCommand, and answers through _processResponse to _responseActions', async t => {
  const connection = await opened(t)
  const calls: string[] = []
  for (const name of ['_sendCommand', '_processResponse']) {
    const library = Reflect.get(connection, name)
    Reflect.set(connection, name, (...given: readonly unknown[]) => {
      calls.push(`${name} ${given[0] ?? ''}`.trim())
      library.apply(connection, given)
    })
  }
  const reset = new Promise(resolve => connection.reset(resolve))
  assert.equal(Reflect.get(connection, '_responseActions').length, 1)
  await reset
  assert.deepEqual(calls.slice(0, 2), ['_sendCommand RSET', '_processResponse'])
  assert.equal(Reflect.get(connection, '_responseActions').length, 0)
})

test('errors say at which command they came, and refusals are counted in the envelope that was given', async t => {
  const [response, accepted, refused] = ['550 5.1.1 no', ['b@d'], []]
  const facts = { response, accepted, refused }
  assert.deepEqual(await outcomeOf(t, 'DATA'), { ...facts, code: 'EENVELOPE', command: 'DATA' })
  assert.deepEqual(await outcomeOf(t, '.'), { ...facts, code: 'EMESSAGE', command: 'DATA' })
  const mail = await outcomeOf(t, 'MAIL')
  assert.deepEqual([mail.code, mail.command, mail.response], ['EENVELOPE', 'MAIL FROM', response])
  assert.deepEqual(await outcomeOf(t, 'RCPT'), {
    code: 'EENVELOPE',
    command: 'RCPT TO',
    response,
    accepted: [],
    refused: [['b@d', response]],
  })
})

test('a message larger than the hop takes is an EMESSAGE of its own', async t => {
  const connection = await opened(t, { extensions: ['SIZE 10'] })
  const error = await new Promise<object | null>(resolve =>
    connection.send({ from: 'a@d', to: ['b@d'], size: 11 }, Buffer.from('x'), resolve),
  )
  assert.match(String(error), /size larger/i)
  assert.equal(Reflect.get(error ?? {}, 'code'), 'EMESSAGE')
  assert.equal(Reflect.get(error ?? {}, 'response'), undefined)
})

test('use after the end is an ECONNECTION of the API, and the end is told by "end"', async t => {
  const connection = await opened(t)
  const ended = once(connection, 'end')
  connection.close()
  await ended
  assert.equal(connection.destroyed, true)
  const error = await new Promise<object | null>(resolve => connection.reset(resolve))
  assert.deepEqual(
    [Reflect.get(error ?? {}, 'code'), Reflect.get(error ?? {}, 'command')],
    ['ECONNECTION', 'API'],
  )
})

test('it still forgets whom to tell when the connection ends during RSET; else our listening for it can go', async t => {
  const hop = await startNextHop(t, { answer: command => (command === 'RSET' ? '' : undefined) })
  const socket = connect(hop.port, '127.0.0.1')
  await once(socket, 'connect')
  const connection = new SMTPConnection({ connection: socket, ignoreTLS: true })
  await new Promise<void>(resolve => connection.connect(() => resolve()))
  let told = false
  connection.on('error', () => {})
  const ended = new Promise<void>(resolve => connection.on('end', () => resolve()))
  connection.reset(() => {
    told = true
  })
  await hop.until(() => hop.heard.some(line => line.includes('RSET')))
  hop.dropAll()
  await ended
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(told, false)
})
