/** A connection to a scripted next hop, and something to send over it. */
import assert from 'node:assert/strict'
import { Failure } from '../../../app/delivery/failure.ts'
import { type NextHop as Hop, PATIENCE } from '../../../app/delivery/next-hop.ts'
import { type Outgoing, Transport } from '../../../app/delivery/transport.ts'
import { atEnd, type Ending } from '../../support/ending.ts'
import type { NextHop } from '../../support/next-hop.ts'

export function hopTo({ port }: NextHop, changes: Partial<Hop> = {}): Hop {
  return {
    host: '127.0.0.1',
    port,
    lmtp: false,
    encryption: 'none',
    hostname: 'postern.example',
    patience: PATIENCE,
    ...changes,
  }
}

export function outgoing(changes: Partial<Outgoing> = {}): Outgoing {
  const content = Buffer.from('Subject: x\r\n\r\n.dot\r\n')
  const recipients = ['b@y.example']
  const size = content.length
  return {
    reversePath: 'a@x.example',
    recipients,
    smtpUtf8: false,
    eightBit: false,
    size,
    content,
    ...changes,
  }
}

/** Closed at the end of the test. */
export async function connected(test: Ending, hop: NextHop, changes: Partial<Hop> = {}): Promise<Transport> {
  const transport = await Transport.open(hopTo(hop, changes), new AbortController().signal)
  atEnd(test, () => transport.close())
  return transport
}

/** The failure that it rejects with. */
export async function failureIn(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof Failure, `not a Failure: ${error}`)
    return error
  }
  return assert.fail('it should have failed')
}
