/** Finding about addresses that must log on to send, and to which no port offers a log-on. */
import type { Settings } from '../settings/settings.ts'
import { isLane } from './door.ts'
import type { Edit, Findable, Finding } from './finding.ts'
import { markLogOns } from './map-log-ons.ts'
import { placeWords } from './place.ts'
import { asksInternal, type Policy } from './policy.ts'
import { joinSpans } from './spans.ts'
import { enumerate } from './wording.ts'

export function findLogOn({ settings, policy, map }: Findable): readonly Finding[] {
  const shut = markLogOns(map, policy).filter(it => it.noLogOn && it.external.kind === 'after-login')
  if (shut.length === 0) return []
  const row = shut.reduce((least, { service }) => Math.min(least, service), Infinity)
  const { places, edits } = offer(settings)
  const whom = policy.logOn === 'nobody' ? 'nobody' : 'your local networks only'
  return [
    {
      kind: 'log-on-not-offered',
      list: 'service',
      row,
      text: `Row ${row} asks for a log-on that no port offers: without encryption passwords are taken from ${whom}, so that nobody can send by it from ${placeWords(joinSpans(shut), policy)}.`,
      mend: {
        words: `Offer STARTTLS at ${places}: whoever a row lets send after logging on can log on there then, and send${asksInternal(policy) ? ', and mail to your own users too' : ''}. Who sends without logging on goes on.`,
        edits,
      },
    },
  ]
}

/** For a mend after which somebody must log on: what it has to say and to do besides, where that isn't offered. */
export function offeringLogOn(
  settings: Settings,
  { logOn, entry }: Policy,
  whom: 'anybody' | 'local networks',
): { readonly words: string; readonly edits: readonly Edit[] } {
  const isLocal = whom === 'local networks' || entry === 'local-networks'
  if (logOn === 'everybody' || (logOn === 'local-networks' && isLocal)) return { words: '', edits: [] }
  const { places, edits } = offer(settings)
  return {
    words: ` STARTTLS is offered at ${places}, for no port offers them a log-on yet; whoever else must log on can then, too.`,
    edits,
  }
}

/** STARTTLS wherever there is no TLS. */
function offer({ smtp }: Settings): { readonly places: string; readonly edits: readonly Edit[] } {
  const all = smtp.listeners.flatMap((listener, index) => {
    const { address, port, encryption } = listener
    return encryption === 'none'
      ? [{ index, isLane: isLane(listener), name: `${address}, port ${port}` }]
      : []
  })
  // One for old devices serves the local networks alone, whatever it offers: it is the way where there is no other.
  const usual = all.filter(it => !it.isLane)
  const plain = usual.length > 0 ? usual : all
  return {
    places: enumerate(plain.map(({ name }) => name)),
    edits: plain.map(({ index }) => ({
      kind: 'set',
      path: `smtp.listeners[${index}].encryption`,
      value: 'starttls',
    })),
  }
}
