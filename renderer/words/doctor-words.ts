/** A check of the doctor in the window's names. */
import type { Check } from '../state/settings.ts'
import { encryptionWords } from './event-words.ts'
import { capital } from './plain.ts'

const titles: Readonly<Record<string, string>> = {
  smtp: 'SMTP service',
  access: 'IP Access Restrictions',
  'log-on': 'Bindings',
  routes: 'Mail senders',
}

export function checkTitle({ name }: Pick<Check, 'name'>): string {
  const sender = /^route (\d+)$/.exec(name)
  return sender ? `Mail sender ${sender[1]}` : (titles[name] ?? capital(name))
}

export function checkText({ text }: Pick<Check, 'text'>): string {
  return text
    .replace(/\bthe global access list\b/g, 'Global Access Restrictions')
    .replace(/\bthe access list\b/g, 'IP Access Restrictions')
    .replace(/(?<= \()(?:none|tls|starttls|starttls-required)(?=[),])/, encryptionWords)
}
