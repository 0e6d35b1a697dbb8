/** The words for clients that were turned away at the door, or in the middle of their session. */
import type { SmtpSettings } from '../settings/settings.ts'
import { formatDuration } from '../settings/units.ts'
import type { DoorKind, WhyWords } from './why.ts'

/** By the limits in force now. */
export function connectionWords(kind: DoorKind, client: string, smtp: SmtpSettings): WhyWords {
  const { maxConnections, maxConnectionsPerClient, maxConnectionsPerNetwork, reservedShare } = smtp
  switch (kind) {
    case 'old-devices-only':
      return {
        means: `${client} came to a listener for old devices, and stands in none of your local networks.`,
        cause:
          'Such a listener speaks TLS that is no longer safe, so it serves the local networks alone, whatever the access list says.',
        todo: `Point the program at ${client} to another listener of this server. If the machine stands in your office, add its network to the local networks.`,
        path: 'localNetworks',
      }
    case 'old-devices-full':
      return {
        means: `${client} found no place at the listeners for old devices.`,
        cause: `They take ${smtp.oldDevices.maxConnections} connections at a time together (smtp.oldDevices.maxConnections).`,
        todo: 'Nothing, if the device tries again by itself. If many devices send at once, raise the limit.',
        path: 'smtp.oldDevices.maxConnections',
      }
    case 'old-devices-full-for-one':
      return {
        means: `${client} had too many connections to the listeners for old devices open at once.`,
        cause: `They take ${smtp.oldDevices.maxConnectionsPerClient} from one address (smtp.oldDevices.maxConnectionsPerClient).`,
        todo: 'Nothing, if the device tries again by itself. If it really needs more at once, raise the limit.',
        path: 'smtp.oldDevices.maxConnectionsPerClient',
      }
    case 'full':
      return {
        means: `There was no place for one more connection when ${client} came.`,
        cause: `The server takes ${maxConnections} connections at a time (smtp.maxConnections), of which ${reservedShare} % are kept for your local networks and for those who log on (smtp.reservedShare).`,
        todo: 'Nothing, if it comes once in a while: mail servers try again. If it goes on, see in the log who holds the connections, and raise the limit if that is real mail.',
        path: 'smtp.maxConnections',
      }
    case 'full-for-one':
      return {
        means: `${client} had too many connections open at once.`,
        cause: `The server takes ${maxConnectionsPerClient} from one address (smtp.maxConnectionsPerClient).`,
        todo: "Nothing, if it tries again by itself. If this machine really sends so much, raise the limit; if you don't know it, leave the limit as it is.",
        path: 'smtp.maxConnectionsPerClient',
      }
    case 'full-for-network':
      return {
        means: `The network of ${client} had too many connections open at once.`,
        cause: `The server takes ${maxConnectionsPerNetwork} from one network of strangers, an IPv4 /24 or an IPv6 /48 (smtp.maxConnectionsPerNetwork).`,
        todo: 'Nothing, as a rule: mail servers try again. Raise the limit only if many of your own people come from that network.',
        path: 'smtp.maxConnectionsPerNetwork',
      }
    case 'gave-way':
      return {
        means: `${client} had been idle, or slow for ten minutes, and its place was given to another client.`,
        cause: `All connections were taken (smtp.maxConnections, now ${maxConnections}); then the stranger gives way that has been idle, or slow, for longest.`,
        todo: 'Nothing: it comes again when it has mail. If it goes on, raise the limit.',
        path: 'smtp.maxConnections',
      }
    case 'talked-early':
      return {
        means: `${client} talked before it was greeted, as programs do that only pour out spam.`,
        cause: 'A client must wait for the greeting (RFC 5321); no row of a list changes that.',
        todo: "Nothing, if you don't know the machine. If it is one of yours, mend or update its mail program; in a local network it isn't kept waiting for the greeting.",
      }
    case 'session-timeout':
      return {
        means: `The session of ${client} was ended, since it had lasted too long.`,
        cause: `A session may last ${formatDuration(smtp.sessionTimeout)} (smtp.sessionTimeout).`,
        todo: 'Nothing, if the program connects again for its next message. If it keeps one connection open all day, let it close it after each message, or raise the limit.',
        path: 'smtp.sessionTimeout',
      }
    case 'command-timeout':
      return {
        means: `${client} began a command and didn't finish it in time, so the connection was closed.`,
        cause: `A command may take ${formatDuration(smtp.commandTimeout)} from its first byte to its end (smtp.commandTimeout).`,
        todo: "Look at the line to this machine if it is one of yours: it is very slow or loses data. If you don't know it, nothing needs doing: somebody may be trying to hold connections.",
        path: 'smtp.commandTimeout',
      }
    case 'too-many-errors':
      return {
        means: `${client} sent one thing after the other that is no command, so the connection was closed.`,
        cause: 'Ten in a row end a session; no setting changes that.',
        todo: "Check what program it is if the machine is yours: it speaks another protocol, or its settings for mail are wrong. If you don't know it, nothing needs doing.",
      }
    case 'too-many-commands':
      return {
        means: `${client} gave one command after the other and brought no message, so the connection was closed.`,
        cause:
          'A stranger may give 100 commands, or name 1,000 recipients, for each message; no setting changes that. Local networks and whoever logs on may go on.',
        todo: "Nothing, if you don't know the machine: somebody tries to keep this server busy. If it is one of yours, let it log on, or add its network to the local networks.",
        path: 'localNetworks',
      }
    case 'no-mail-program':
      return {
        means: `${client} spoke HTTP, as web browsers do, so the connection was closed.`,
        cause: 'This port is for mail; no setting changes that.',
        todo: "Nothing, if you don't know the machine: somebody looks for web servers. If it is yours, point that program to the right address and port.",
      }
  }
}
