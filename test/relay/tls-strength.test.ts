/** What TLS we take part in, at every listener and at other servers: sound versions and ciphers, and no others. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeCertificate } from '../support/certificate.ts'
import type { Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { startNextHop } from '../support/next-hop.ts'
import { opensslHandshake } from '../support/openssl-client.ts'
import { type RunningRelay, startRelay } from '../support/relay.ts'
import { connected, failureIn } from '../unit/delivery/outgoing.ts'

/** With a certificate of each kind, since ciphers go by its key. */
async function startWith(t: Ending, kind: 'ec' | 'rsa'): Promise<RunningRelay> {
  const { certFile: file, keyFile } = await makeCertificate(await makeFolder(t), { kind })
  return startRelay(t, { certificate: { source: 'files', file, keyFile } })
}

const ways = [
  ['tls', []],
  ['starttls', ['-starttls', 'smtp']],
] as const

const sound = {
  ec: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  rsa: ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-CHACHA20-POLY1305'],
} as const

/** Without forward secrecy, without authentication, and with what is broken; as far as this openssl knows them. */
const unsound = [
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA384',
  'AES128-GCM-SHA256',
  'AES256-SHA',
  'CAMELLIA128-SHA',
  'aNULL',
  'eNULL',
  'PSK',
]

for (const kind of ['ec', 'rsa'] as const) {
  describe(`with an ${kind === 'ec' ? 'EC' : 'RSA'} key`, () => {
    test('TLS 1.3 and 1.2 are spoken, 1.1 and 1.0 are not', async t => {
      const relay = await startWith(t, kind)
      for (const [encryption, how] of ways) {
        const endpoint = relay.endpoint(encryption)
        const old = ['-cipher', 'ALL:@SECLEVEL=0']
        const shook = async (...more: string[]) =>
          (await opensslHandshake(t, endpoint, ...how, ...more)).protocol
        assert.equal(await shook('-tls1_3'), 'TLSv1.3', encryption)
        assert.equal(await shook('-tls1_2'), 'TLSv1.2', encryption)
        assert.equal(await shook('-tls1_1', ...old), undefined, encryption)
        assert.equal(await shook('-tls1', ...old), undefined, encryption)
      }
    })

    test('of TLS 1.2, the sound ciphers are spoken and no others, whatever the client likes best', async t => {
      const relay = await startWith(t, kind)
      for (const [encryption, how] of ways) {
        const cipher = async (list: string) => {
          const more = ['-tls1_2', '-cipher', `${list}:@SECLEVEL=0`]
          return (await opensslHandshake(t, relay.endpoint(encryption), ...how, ...more)).cipher
        }
        for (const name of sound[kind]) assert.equal(await cipher(name), name, encryption)
        assert.equal(await cipher(unsound.join(':')), undefined, encryption)
        const [first = ''] = sound[kind]
        assert.equal(await cipher([...unsound.slice(0, 6), ...sound[kind]].reverse().join(':')), first)
      }
    })
  })
}

describe('to other servers', () => {
  test('the sound ciphers go, and one with none of them gets no mail over TLS', async t => {
    const certificate = await makeCertificate(await makeFolder(t), { kind: 'rsa' })
    const { key, cert, ca: trust } = certificate
    const open = async (ciphers: string) => {
      const hop = await startNextHop(t, { tls: { key, cert, ciphers, maxVersion: 'TLSv1.2' } })
      return connected(t, hop, { encryption: 'starttls-required', host: '127.0.0.1', trust })
    }
    for (const name of [...sound.rsa, 'DHE-RSA-AES128-GCM-SHA256'])
      assert.ok(await open(`${name}:AES128-SHA`), name)
    for (const name of ['AES128-SHA', 'AES256-GCM-SHA384', 'ECDHE-RSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA384'])
      assert.equal((await failureIn(open(name))).kind, 'tls', name)
  })

  test('TLS 1.1 is not spoken', async t => {
    const { key, cert, ca: trust } = await makeCertificate(await makeFolder(t), { kind: 'rsa' })
    const tls = { key, cert, ciphers: 'ALL:@SECLEVEL=0', minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const
    const hop = await startNextHop(t, { tls })
    const opening = connected(t, hop, { encryption: 'starttls-required', trust })
    assert.equal((await failureIn(opening)).kind, 'tls')
  })
})
