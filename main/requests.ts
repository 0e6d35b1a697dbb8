/** The checks that each request's arguments go through, for they arrive from the window as unknown. */
import * as z from 'zod'
import { LONG, LONG_LISTS } from '../app/control/pieces.ts'
import {
  askedCase,
  requests as controlRequests,
  findingName,
  newUser,
  remoteUsers,
} from '../app/control/requests.ts'
import type { Requests } from './bridge.ts'

type Checks = { readonly [Name in keyof Requests]: z.ZodType<Parameters<Requests[Name]>> }

const { importSettings: _whole, importList: _list, setSettings: _part, ...shared } = controlRequests

const firstAnswers = z.strictObject({
  domain: z.string(),
  mail: z.enum(['elsewhere', 'here', 'office-server']),
  officeServer: z.string(),
  leaves: z.enum(['provider', 'microsoft-365', 'google', 'direct']),
  server: z.string(),
  encryption: z.enum(['starttls-required', 'tls', 'starttls-if-offered']),
  signIn: z.string(),
  signInBy: z.enum(['oauth2', 'password']),
  clientId: z.string(),
  people: z.enum(['office', 'office-and-remote', 'after-log-on']),
  users: z.array(z.string()),
  newUser: newUser.exactOptional(),
})

export const checks: Checks = {
  ...shared,
  setup: z.tuple([]),
  findMail: z.tuple([z.string()]),
  planFirstRun: z.tuple([firstAnswers, z.string()]),
  applyFirstRun: z.tuple([firstAnswers, z.string(), z.string().optional()]),
  letIn: z.tuple([remoteUsers, z.string().optional()]),
  snapshot: z.tuple([]),
  review: z.tuple([z.unknown()]),
  applyDraft: z.tuple([
    z.unknown(),
    z.string(),
    z.record(z.string(), z.string()).optional(),
    z.string().optional(),
  ]),
  explainDraft: z.tuple([z.unknown(), askedCase]),
  longList: z.tuple([z.string(), z.enum(LONG_LISTS), z.int().min(0), z.int().min(1).max(LONG)]),
  keepDraft: z.tuple([z.unknown()]),
  keptDraft: z.tuple([]),
  mendDraft: z.tuple([z.unknown(), findingName]),
  restore: z.tuple([z.string(), z.string().optional()]),
  takeBack: z.tuple([z.string().optional()]),
  openSignInPage: z.tuple([z.string().max(64)]),
  pause: z.tuple([z.boolean()]),
  setAutostart: z.tuple([z.boolean()]),
  copyText: z.tuple([z.string().max(10_000)]),
}

export function isRequest(name: unknown): name is keyof Requests {
  return typeof name === 'string' && Object.hasOwn(checks, name)
}

/** Throws a sentence where there is no such request, or its arguments are wrong. */
export async function answer(answers: Requests, name: unknown, args: unknown): Promise<unknown> {
  if (!isRequest(name)) throw new Error('The window asked for something that Postern does not know.')
  const checked = checks[name].safeParse(args)
  if (!checked.success) throw new Error(`The window asked for ${name} with wrong arguments.`)
  return Reflect.apply(answers[name], answers, checked.data)
}
