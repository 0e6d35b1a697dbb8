/** The good clients of a soak: the office, and whoever logs on from outside; what got its 250 is in the books. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SmtpClient } from '../client.ts'
import type { Random } from '../disk-crash.ts'
import { pick } from '../moody-hop.ts'
import { password } from '../relay.ts'
import { makeLetter } from './letter.ts'
import { accounts, domains, officeAddress, type Stage, withClient } from './stage.ts'

const kinds = ['office', 'office', 'in plain', 'starttls', 'tls'] as const
/** Who may send from anywhere. */
const remote = ['support', 'webmaster'] as const

/** Sends, session by session, until the soak is over. */
export async function goodClient(number: number, stage: Stage, random: Random): Promise<void> {
  for (let count = 0; !stage.isOver; ) {
    const kind = pick(kinds, random)
    const isOffice = kind === 'office'
    const from = isOffice ? officeAddress(random) : `127.9.${Math.floor(random() * 9)}.9`
    const user = pick(remote, random)
    await withClient(
      stage,
      from,
      async client => {
        if (kind === 'starttls') await beginTls(client)
        await client.ask('EHLO good.example')
        if (!isOffice && !(await logOn(client, user))) return stage.count('log-ons put off')
        for (let left = 1 + Math.floor(random() * 4); left > 0 && !stage.isOver; left--) {
          const sender = isOffice ? 'fred@example.com' : `${user}@example.com`
          if (!(await send(client, `g${number}m${count++}`, sender, stage, random))) return
          await sleep(random() * 100)
        }
        if (random() < 0.8) await client.ask('QUIT')
        else client.reset()
      },
      kind === 'tls',
    )
    await sleep(20 + random() * 200)
  }
}

async function beginTls(client: SmtpClient): Promise<void> {
  await client.say('STARTTLS')
  await client.secure()
}

async function logOn(client: SmtpClient, user: string): Promise<boolean> {
  const reply = await client.ask(`AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`)
  return reply.startsWith('235')
}

/** False where the session is of no more use. */
async function send(
  client: SmtpClient,
  id: string,
  sender: string,
  stage: Stage,
  random: Random,
): Promise<boolean> {
  const places = [...domains.map(domain => `${id}@${domain}`), ...accounts.map(name => `${name}@example.com`)]
  const wanted = [...new Set([pick(places, random), ...places.filter(() => random() < 0.3)])]
  const letter = makeLetter(id, sender, random)
  const mail = await client.ask(`MAIL FROM:<${sender}>`)
  const to: string[] = []
  for (const one of wanted) if ((await client.ask(`RCPT TO:<${one}>`)).startsWith('250')) to.push(one)
  const data = to.length > 0 ? await client.ask('DATA') : '554'
  if (!mail.startsWith('250') || !data.startsWith('354')) {
    stage.count('letters refused before their content')
    return (await client.ask('RSET')).startsWith('250')
  }
  stage.ledger.send(letter)
  const reply = await client.ask(letter.wire)
  if (!reply.startsWith('250')) stage.count(`letters refused after their content (${reply.slice(0, 3)})`)
  else {
    stage.count('letters accepted')
    stage.ledger.books.accept(id, to)
  }
  return !reply.startsWith('421')
}
