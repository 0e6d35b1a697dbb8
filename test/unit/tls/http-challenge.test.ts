/** The port at which an authority is answered stands on the open Internet while it is asked: strangers find nothing there. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { HttpAnswering } from '../../../app/tls/http-challenge.ts'
import { atEnd, type Ending } from '../../support/ending.ts'
import { freePort } from '../../support/port.ts'

const PLACE = '/.well-known/acme-challenge/'
const ANSWER = 'token.thumbprint'

async function startAnswering(t: Ending): Promise<number> {
  const port = await freePort()
  const answering = new HttpAnswering(port)
  atEnd(t, () => answering.close())
  await answering.answer({ name: 'mail.example.com', token: 'token', answer: ANSWER })
  return port
}

async function open(t: Ending, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  atEnd(t, () => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** All that is said to these bytes until the server closes. */
async function ask(t: Ending, port: number, bytes: string): Promise<string> {
  const socket = await open(t, port)
  let said = ''
  socket.on('data', chunk => {
    said += chunk
  })
  socket.write(bytes)
  await once(socket, 'close', { signal: AbortSignal.timeout(10_000) })
  return said
}

function get(path: string, method = 'GET'): string {
  return `${method} ${path} HTTP/1.1\r\nHost: mail.example.com\r\n\r\n`
}

test('the answer is told at its own place, and nothing else anywhere', async t => {
  const port = await startAnswering(t)
  const right = await ask(t, port, get(`${PLACE}token`))
  assert.match(right, /^HTTP\/1\.1 200 /)
  assert.ok(right.includes(ANSWER))
  const wrong = ['?x', '%00', '/', '/../token', '%2e%2e/token'].map(end => `${PLACE}token${end}`)
  const elsewhere = ['/', PLACE, `${PLACE}%74oken`, `${PLACE}../../../etc/passwd`, `/${PLACE}token`]
  const odd = ['/__proto__', '/constructor', `http://elsewhere.example${PLACE}token`]
  for (const path of [...wrong, ...elsewhere, ...odd]) {
    const said = await ask(t, port, get(path))
    assert.match(said, /^HTTP\/1\.1 404 [\s\S]*There is nothing here\./, path)
    assert.ok(!said.includes(ANSWER), path)
  }
  for (const method of ['POST', 'PUT', 'HEAD', 'OPTIONS', 'TRACE'])
    assert.match(await ask(t, port, get(`${PLACE}token`, method)), /^HTTP\/1\.1 404 /, method)
})

test('what is too large, or no HTTP, is refused, and the answer is told after it', async t => {
  const port = await startAnswering(t)
  assert.match(await ask(t, port, get(`/${'a'.repeat(100_000)}`)), /^HTTP\/1\.1 431 /)
  const many = `GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(20_000)}\r\n`
  assert.match(await ask(t, port, many), /^HTTP\/1\.1 431 /)
  for (const garbage of ['\0\0\0\r\n\r\n', 'EHLO client.example\r\n\r\n', '\x16\x03\x01\x02\0\x01'])
    assert.match(await ask(t, port, garbage), /^HTTP\/1\.1 400 /)
  assert.ok((await ask(t, port, get(`${PLACE}token`))).includes(ANSWER))
})

test('idle connections by the hundred keep the answer from nobody', async t => {
  const port = await startAnswering(t)
  for (let at = 0; at < 200; at++) await open(t, port)
  assert.ok((await ask(t, port, get(`${PLACE}token`))).includes(ANSWER))
})
