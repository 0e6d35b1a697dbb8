/** The bad clients of a soak: everything that comes to a port that is open to the world. */
import { setTimeout as sleep } from 'node:timers/promises'
import { SmtpClient } from '../client.ts'
import type { Random } from '../disk-crash.ts'
import { inTurn } from '../ending.ts'
import { pick } from '../moody-hop.ts'
import { officeAddress, type Stage, strangeAddress, withClient } from './stage.ts'

/** What it does in its session. */
type Manner = (client: SmtpClient, random: Random) => Promise<void>

const passwords: Manner = async (client, random) => {
  await client.ask('EHLO bad.example')
  for (let left = 1 + random() * 3; left > 0; left--) {
    const user = pick(['support', 'webmaster', 'root', 'info'], random)
    await client.ask(`AUTH PLAIN ${Buffer.from(`\0${user}\0${random()}`).toString('base64')}`)
  }
}

const relaying: Manner = async (client, random) => {
  const to = pick(['a@elsewhere.example', 'a%b@example.com', 'nobody@example.com', '@', '<>'], random)
  await client.say('MAIL FROM:<spam@spam.example>', `RCPT TO:<${to}>`, 'DATA')
}

const halfClosed: Manner = async (client, random) => {
  await client.ask('EHLO bad.example')
  client.send(pick(['', 'MAIL FR', 'QUIT', 'MAIL FROM:<a@b.example>\r\nRCPT'], random))
  await client.finish()
}

/** To a mailbox here, which takes it from everybody. */
const beginContent: Manner = async (client, random) => {
  await client.say('MAIL FROM:<a@b.example>', 'RCPT TO:<fred@example.com>', 'DATA')
  client.send('a line of a content that never ends\r\n'.repeat(Math.floor(random() * 20_000)))
}

const resetMidContent: Manner = async (client, random) => {
  await beginContent(client, random)
  await sleep(random() * 200)
  client.reset()
}

const silentMidContent: Manner = async (client, random) => {
  await beginContent(client, random)
  await sleep(random() * 3000)
}

const lineEnds: Manner = async (client, random) => {
  await client.say('MAIL FROM:<a@b.example>', 'RCPT TO:<fred@example.com>', 'DATA')
  const piece = pick(['bare\nLF', 'bare\rCR', 'N\0L', `${'long'.repeat(100_000)}`], random)
  await client.ask(`Subject: bad\r\n\r\n${piece}\r\n.`)
}

const garbage: Manner = async (client, random) => {
  client.send(Buffer.from(Array.from({ length: Math.floor(random() * 5000) }, () => random() * 256)))
  await sleep(random() * 300)
}

const endlessLine: Manner = async (client, random) => {
  client.send('x'.repeat(Math.floor(random() * 500_000)))
  await sleep(random() * 500)
}

const brokenTls: Manner = async (client, random) => {
  await client.say('STARTTLS')
  client.send(pick(['\x16\x03\x01 no TLS', 'EHLO in.plain.example\r\n', ''], random))
  await sleep(random() * 500)
}

const idle: Manner = async (_client, random) => {
  await sleep(1000 + random() * 6000)
}

const tooLarge: Manner = async client => {
  await client.say('MAIL FROM:<a@b.example> SIZE=9999999999')
}

const wrongOrder: Manner = async (client, random) => {
  const words = ['DATA', 'RCPT TO:<fred@example.com>', 'XCLIENT', 'VRFY fred', 'AUTH LOGIN', '*', 'WIZ']
  for (let left = random() * 6; left > 0; left--) await client.ask(pick(words, random))
}

const manners: Readonly<Record<string, Manner>> = {
  ...{ passwords, relaying, halfClosed, resetMidContent, silentMidContent, lineEnds, garbage },
  ...{ endlessLine, brokenTls, idle, tooLarge, wrongOrder },
}

/** Misbehaves, session by session, until the soak is over. */
export async function badClient(stage: Stage, random: Random): Promise<void> {
  while (!stage.isOver) {
    const from = random() < 0.4 ? officeAddress(random) : strangeAddress(random)
    const kind = random()
    if (kind < 0.06) await talkEarly(stage, from, random)
    else if (kind < 0.1) await crowd(stage, from)
    else {
      const name = pick(Object.keys(manners), random)
      stage.count(`bad: ${name}`)
      await withClient(stage, from, async client => {
        await manners[name]?.(client, random)
        if (random() < 0.5) client.reset()
      })
    }
    await sleep(random() * 100)
  }
}

/** Before the greeting, also where TLS is expected. */
async function talkEarly(stage: Stage, from: string, random: Random): Promise<void> {
  stage.count('bad: talkEarly')
  await inTurn(async ending => {
    const client = await SmtpClient.connect(ending, stage.endpoint(random() < 0.5), from)
    client.send('EHLO early.example\r\nMAIL FROM:<a@b.example>\r\n')
    await sleep(random() * 500)
    if (random() < 0.5) client.reset()
  })
}

/** More at once than one address may hold. */
async function crowd(stage: Stage, from: string): Promise<void> {
  stage.count('bad: crowd')
  await Promise.all(Array.from({ length: 25 }, () => withClient(stage, from, () => sleep(300))))
}
