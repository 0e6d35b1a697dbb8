/** The options of IDS/IPS in words. */
import type { Options } from './option.ts'

export const idsOptions: Options = {
  'smtp.ids.enabled': {
    label: 'Block addresses that attack',
    sentence:
      'Each event below has points. An address with too many of them is turned away for a time, and guessing passwords gets slower and slower.',
    more: 'An IPv6 address is counted with its whole network of 64 bits, since whoever has one has them all. Where an account logged on within 30 days, it goes on at full speed, also while its address is blocked: an office has one address for many. No account is ever locked.',
  },
  'smtp.ids.threshold': {
    label: 'Block over this many points',
    sentence: 'With 400, nine wrong passwords within the time below are too many, or five attempts to relay.',
  },
  'smtp.ids.window': {
    label: 'Count the points of the last',
    sentence: 'A time such as 1h or 30m. What happened before is forgotten.',
  },
  'smtp.ids.blockTime': {
    label: 'Block for',
    sentence: 'A time such as 30m or 1d. Honest servers come again afterwards, and their mail isn’t lost.',
  },
  'smtp.ids.points.relayDenied': {
    label: 'Relay denied',
    sentence: 'Somebody who isn’t logged on wants to send to an address outside, and may not.',
  },
  'smtp.ids.points.badPassword': {
    label: 'Bad password',
    sentence: 'The account is there, and the password is wrong.',
  },
  'smtp.ids.points.unknownUser': {
    label: 'Unknown user',
    sentence: 'A log-on under a name that no account has.',
  },
  'smtp.ids.points.unknownRecipient': {
    label: 'Unknown recipient',
    sentence: 'An address in a local domain that nobody has.',
  },
  'smtp.ids.points.protocolError': {
    label: 'Protocol error',
    sentence: 'What no mail server says: unknown commands, or commands in the wrong place.',
  },
  'smtp.ids.points.earlyTalker': {
    label: 'Talks too early',
    sentence: 'Sends its commands without waiting to be greeted, as programs for spam do.',
  },
  'smtp.ids.points.tooManyConnections': {
    label: 'Too many connections',
    sentence: 'One more than Maximum sessions from one address permits.',
  },
  'smtp.ids.neverBlock': {
    label: 'Never block',
    sentence:
      'Addresses, networks and ranges, local-networks for the office, routers for its routers. Goes before Always block.',
    more: 'Log-ons that fail are slowed here, too. Keep routers in it: if yours passes on mail from the Internet under its own address, one attacker would block everybody.',
  },
  'smtp.ids.alwaysBlock': {
    label: 'Always block',
    sentence: 'Addresses, networks and ranges that are turned away whatever they do; also their mail to you.',
  },
}
