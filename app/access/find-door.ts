/** Findings about the door: listeners by which hardly anybody can connect, and rows for addresses that are always blocked. */
import type { Settings } from '../settings/settings.ts'
import { type Findable, type Finding, MOST } from './finding.ts'
import { LIST_PATHS } from './mend.ts'
import { placeWords } from './place.ts'
import { type AccessList, type Policy, spansOf } from './policy.ts'
import { holdsSpans } from './spans.ts'

export function findDoor({ settings, policy }: Findable): readonly Finding[] {
  if (policy.entry === 'nobody') return [noListener()]
  return policy.entry === 'local-networks' ? oldDevicesOnly(settings) : []
}

function noListener(): Finding {
  return {
    kind: 'no-listener',
    list: null,
    row: null,
    text: 'No listener is set: nobody can connect, to send to addresses outside or to bring mail to your own users.',
    mend: {
      words:
        'Listen at 0.0.0.0, port 25, with STARTTLS: whoever the access list lets send can send then, and mail to your own users is taken.',
      edits: [
        {
          kind: 'set',
          path: 'smtp.listeners',
          value: [{ address: '0.0.0.0', port: 25, encryption: 'starttls' }],
        },
      ],
    },
  }
}

function oldDevicesOnly({ smtp: { listeners } }: Settings): readonly Finding[] {
  const safe = listeners.findIndex(({ encryption }) => encryption !== 'none')
  const index = Math.max(0, safe)
  const listener = listeners[index]
  if (!listener) return []
  const place = `${listener.address}, port ${listener.port}`
  return [
    {
      kind: 'old-devices-only',
      list: null,
      row: null,
      text: 'Every listener is for old devices, which lets in your local networks alone: from everywhere else nobody can connect, to send or to bring mail to your own users.',
      mend: {
        words: `Take “for old devices” off the listener at ${place}: everybody can connect there then, to send as far as the access list lets them, and with mail to your own users. Devices that speak only TLS 1.0 or 1.1 no longer can there.`,
        edits: [{ kind: 'set', path: `smtp.listeners[${index}].oldDevices`, value: false }],
      },
    },
  ]
}

/** Rows that allow addresses of which all are always blocked. */
export function findBlocked(list: AccessList, policy: Policy): readonly Finding[] {
  const { blocked, machine, global } = policy
  if (!blocked) return []
  const of = global ? ` of ${list.name === 'global' ? 'the global list' : "the service's list"}` : ''
  return list.rows
    .flatMap(({ action, enabled, from }, index): readonly Finding[] => {
      const spans = enabled && action === 'allow' ? spansOf(from, machine) : []
      if (spans.length === 0 || !holdsSpans(blocked.spans, spans)) return []
      const [number, place] = [index + 1, placeWords(spans, policy)]
      return [
        {
          kind: 'always-blocked',
          list: list.name,
          row: number,
          text: `Row ${number}${of} lets nobody in: ${place} ${spans.length === 1 && spans[0]?.first === spans[0]?.last ? 'is' : 'are'} always blocked (IDS/IPS), whatever the access list says.`,
          mend: {
            words: `Switch row ${number}${of} off. Who can send stays as it is. To let them in instead, take them out of the addresses that are always blocked.`,
            edits: [{ kind: 'set', path: `${LIST_PATHS[list.name]}[${index}].enabled`, value: false }],
          },
        },
      ]
    })
    .slice(0, MOST)
}
