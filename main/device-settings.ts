/** The settings that a printer or a mail program needs to send through this relay, as text to paste. */
import type { Status } from '../app/control/control.ts'

const encryptions: Readonly<Record<string, string>> = {
  none: 'none',
  starttls: 'STARTTLS where the device can',
  'starttls-required': 'STARTTLS',
  tls: 'TLS (SSL)',
}

/** `own` is this machine's address in the office's network. */
export function deviceSettings({ listeners }: Status, own: string): string {
  if (listeners.length === 0) return 'Postern takes no mail at the moment.'
  const parts = listeners.map(({ address, port, encryption }) =>
    [
      `Outgoing mail server (SMTP): ${isEverywhere(address) ? own : address}`,
      `Port: ${port}`,
      `Encryption: ${encryptions[encryption] ?? encryption}`,
    ].join('\n'),
  )
  return parts.join('\n\n')
}

function isEverywhere(address: string): boolean {
  return address === '0.0.0.0' || address === '::'
}
