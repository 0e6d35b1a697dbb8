/** Problems in the window's words, where the relay's name what only the settings file has. */
import type { Problem } from '../state/settings.ts'
import { titleOf } from './titles.ts'

/** What the relay's sentence starts with, and what the window says in its place. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [
    /^Nothing is written here: write any\b/,
    'Enter an address: one such as 192.168.7.5, a network such as 192.168.1.0/24, or choose another Type.',
  ],
  // The grid writes a dot in a row of the type Host name.
  [/^"\." /, 'Enter a host name, such as home.example.net, or choose another Type.'],
  [/^Name at least one host here\b/, 'Name at least one server here, as in smtp.provider.example:587.'],
  [/^Remove the hosts\b/, 'This method uses no servers: remove them, or choose SMTP relay (smart host).'],
  [
    /^Remove the login\b/,
    'This method signs in nowhere: choose SMTP relay (smart host) to keep the sign-in.',
  ],
  [
    /^Remove the port\b/,
    'Clear the port, or choose SMTP direct (MX): the other methods have it behind the server’s name, as in smtp.provider.example:587.',
  ],
  [
    /^Write "starttls-required" or "tls" here\b/,
    'Choose STARTTLS required or SSL: a password goes only over an encrypted connection. For a server in your own network, “Sign in without encryption” permits it.',
  ],
  [
    /^Write another name here, or the same\b/,
    'Write another name here, or sign in just as the other sender does that has this name: only one sign-in is kept under it.',
  ],
  [
    /^Write a time shorter than "giveUpAfter"/,
    'Write a time shorter than that under “Give up after”: the sender would be told too late.',
  ],
]

/** A place in the settings, as in `smtp.listeners[0]`. */
const place = /\b(?:smtp|delivery|users|globalAccess)(?:\.\w+|\[\d+\])+/g

export function inWindowWords(problems: readonly Problem[]): readonly Problem[] {
  return problems.map(({ path, text }) => ({ path, text: windowText(text) }))
}

function windowText(text: string): string {
  const found = sentences.find(([start]) => start.test(text))
  if (found) return found[1]
  return text
    .replace(/, without quotes\b/, '')
    .replace(/\bthis listener\b/, 'this binding')
    .replace(/ is users\[\d+\]\.name already\b/, ' is there already')
    .replace(place, titleOf)
}
