/** The options that smtp-server is given; which of them matter, and why. */
import type { ListenerEncryption } from '../settings/settings.ts'
import { SERVING } from '../tls/strength.ts'
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
export function changingOptions({ hostname, maxMessageSize, idleTimeout, ...given }: ProtocolOptions) {
  return {
    name: hostname,
    size: maxMessageSize,
    socketTimeout: idleTimeout,
    ...tlsOptions(given),
  }
}

/** All of them, since the library has a key of its own for each that is left out. */
export function tlsOptions({ tls, strength = SERVING }: Pick<ProtocolOptions, 'tls' | 'strength'>) {
  const none = { key: undefined, cert: undefined, pfx: undefined, passphrase: undefined }
  return { ...none, ...tls, ...strength }
}
