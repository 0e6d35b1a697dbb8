/** The checks that each request's arguments go through, for they arrive from the window as unknown. */
import { z } from 'zod'
import { askedCase, requests as controlRequests, findingName } from '../app/control/requests.ts'
import type { Requests } from './bridge.ts'

type Checks = { readonly [Name in keyof Requests]: z.ZodType<Parameters<Requests[Name]>> }

const { importSettings: _whole, importList: _list, setSettings: _part, ...shared } = controlRequests

export const checks: Checks = {
  ...shared,
  snapshot: z.tuple([]),
  review: z.tuple([z.unknown()]),
  applyDraft: z.tuple([z.unknown(), z.string()]),
  explainDraft: z.tuple([z.unknown(), askedCase]),
  mendDraft: z.tuple([z.unknown(), findingName]),
  restore: z.tuple([z.string()]),
  pause: z.tuple([z.boolean()]),
  setAutostart: z.tuple([z.boolean()]),
  openHelp: z.tuple([z.string().regex(/^[a-z0-9-]{0,64}$/)]),
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
