/** The options that smtp-server is given; which of them matter, and why. */
import type { ListenerEncryption } from '../settings/settings.ts'
import type { ProtocolOptions } from './protocol.ts'

/** Commands that are old jokes, or would let a client say who it is. */
const DISABLED = ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD']

/** What can't change while it listens. */
export function fixedOptions(encryption: ListenerEncryption) {
  return {
    secure: encryption === 'tls',
    hideSTARTTLS: encryption === 'none',
    disabledCommands: encryption === 'none' ? [...DISABLED, 'STARTTLS'] : DISABLED,
    banner: 'Postern',
    heloResponse: '%s',
    minVersion: 'TLSv1.2' as const,
    logger: false,
    disableReverseLookup: true,
    // Who must log on, and where, our own side says.
    authOptional: true,
    allowInsecureAuth: true,
    authMethods: ['PLAIN', 'LOGIN'],
    hideENHANCEDSTATUSCODES: false,
    hideDSN: false,
  }
}

/** What changes with the settings; `size` is only announced here, the session enforces it. */
export function changingOptions({ hostname, maxMessageSize, idleTimeout, tls }: ProtocolOptions) {
  return {
    name: hostname,
    size: maxMessageSize,
    socketTimeout: idleTimeout,
    key: tls.key,
    cert: tls.cert,
  }
}
