/** The requests of the control socket: for each one the check that its arguments go through, for they arrive as unknown. */
import * as z from 'zod'
import { FINDING_KINDS } from '../access/finding.ts'
import { DIALECTS } from '../exchange/dialect.ts'
import { MOST_FILES } from '../exchange/imported.ts'
import { VERSIONS } from '../exchange/vpop3.ts'
import { SIGN_IN_REASONS } from '../mail/sign-in-reason.ts'
import type { Control } from './control.ts'
import { refusals } from './refusal-schema.ts'

type Requests = { readonly [Name in keyof Control]: z.ZodType<Parameters<Control[Name]>> }

const text = z.string()
const changer = z.enum(['command line', 'window', 'file'])
const limit = z.int().min(1).max(1_000_000).exactOptional()
/** JSON has no undefined: as an argument it arrives as null. */
const absentText = z
  .string()
  .nullish()
  .transform(value => value ?? undefined)

const consent = z
  .strictObject({ openRelay: z.boolean().exactOptional() })
  .nullish()
  .transform(value => value ?? undefined)

export const newUser = z.strictObject({ name: text, addresses: z.array(text), password: text })

export const remoteUsers = z.strictObject({
  users: z.array(text),
  everyUser: z.boolean().exactOptional(),
  newUser: newUser.exactOptional(),
  officeLogsOn: z.boolean(),
})

const queueFilter = z.strictObject({
  state: z.enum(['waiting', 'held']).exactOptional(),
  match: text.exactOptional(),
  from: text.exactOptional(),
  to: text.exactOptional(),
  olderThan: z.number().min(0).exactOptional(),
  hop: z.string().exactOptional(),
  reply: text.exactOptional(),
  ids: z.array(text).exactOptional(),
  limit,
})

const selection = z.strictObject({
  ids: z.array(text),
  all: z.boolean().exactOptional(),
  filter: queueFilter.exactOptional(),
})

export const askedCase = z.strictObject({
  client: text,
  user: text.exactOptional(),
  port: z.int().min(0).max(65535).exactOptional(),
  from: text.exactOptional(),
  to: text,
})

/** At most so many at once: no list shows more. */
const MOST_REPLIES = 1000

const askedReplies = z
  .array(
    z.strictObject({
      reply: z.strictObject({
        code: z.int(),
        status: text,
        text,
        signIn: z.enum(SIGN_IN_REASONS).exactOptional(),
      }),
      via: text.exactOptional(),
      from: text.exactOptional(),
      to: text.exactOptional(),
      user: text.exactOptional(),
    }),
  )
  .max(MOST_REPLIES)
const newDkim = z.strictObject({
  domain: text.max(300),
  selector: text.max(300).exactOptional(),
  kind: z.enum(['rsa', 'ed25519']).exactOptional(),
  pem: text.max(64 * 1024).exactOptional(),
})

const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('current') }),
  z.strictObject({ kind: z.literal('history'), file: text }),
  z.strictObject({ kind: z.literal('text'), text }),
  z.strictObject({ kind: z.literal('draft'), draft: z.unknown() }),
])

export const findingName = z.strictObject({
  kind: z.enum(FINDING_KINDS),
  list: z.enum(['service', 'global']).nullable(),
  row: z.int().min(1).nullable(),
})

const list = z.enum(['service', 'global']).exactOptional()
const flag = z.boolean().exactOptional()

/** Files of at most 16 MiB, written in base64. */
const importAsked = z.strictObject({
  files: z
    .array(z.strictObject({ name: z.string().max(255), base64: z.base64().max(24 * 1024 ** 2) }))
    .max(MOST_FILES),
  dialect: z.enum(DIALECTS).exactOptional(),
  list,
  empty: z.enum(['everybody', 'nobody']).exactOptional(),
  leaveOut: flag,
  allowOpenRelay: flag,
})

const exportTarget = z.discriminatedUnion('dialect', [
  z.strictObject({ dialect: z.literal('vpop3'), version: z.enum(VERSIONS), list }),
  z.strictObject({ dialect: z.literal('postfix') }),
])

export const requests: Requests = {
  status: z.tuple([]),
  getSettings: z.tuple([text]),
  setSettings: z.tuple([text, z.unknown(), changer, consent.optional()]),
  importSettings: z.tuple([text, changer, consent.optional()]),
  checkSettings: z.tuple([text]),
  history: z.tuple([]),
  undo: z.tuple([changer, consent.optional()]),
  readEarlier: z.tuple([text]),
  restoreEarlier: z.tuple([text, changer, consent.optional()]),
  planRemoteUsers: z.tuple([remoteUsers]),
  letRemoteUsersSend: z.tuple([remoteUsers, changer, consent.optional()]),

  listUsers: z.tuple([]),
  addUser: z.tuple([text, z.array(text), absentText, changer]),
  removeUser: z.tuple([text, changer]),
  setPassword: z.tuple([text, text, changer]),
  listSecrets: z.tuple([]),
  setSecret: z.tuple([text, text]),
  removeSecret: z.tuple([text]),
  beginSignIn: z.tuple([text, z.enum(['browser', 'device'])]),
  waitForSignIn: z.tuple([text]),
  cancelSignIn: z.tuple([text]),
  listDkim: z.tuple([]),
  addDkim: z.tuple([newDkim, changer]),
  checkDkim: z.tuple([]),
  removeDkim: z.tuple([text, text, changer]),
  renewCertificate: z.tuple([]),
  listBlocked: z.tuple([]),
  viewAddress: z.tuple([text.max(100)]),
  unblock: z.tuple([
    z.strictObject({ addresses: z.array(text.max(100)).max(100_000), all: z.boolean().exactOptional() }),
    changer,
  ]),
  explain: z.tuple([askedCase]),
  whyRefused: z.tuple([refusals]),
  audit: z.tuple([source]),
  auditRanges: z.tuple([source, z.int().min(0)]),
  mend: z.tuple([findingName, changer, consent.optional()]),
  compareSettings: z.tuple([source, source]),
  compareRoutes: z.tuple([source, source]),
  replaySettings: z.tuple([source, source]),
  previewImport: z.tuple([importAsked]),
  importList: z.tuple([importAsked, changer]),
  exportList: z.tuple([exportTarget]),
  listQueue: z.tuple([queueFilter]),
  findMessages: z.tuple([queueFilter]),
  showMessage: z.tuple([text]),
  meanings: z.tuple([askedReplies]),
  holdMessages: z.tuple([selection]),
  releaseMessages: z.tuple([selection]),
  retryMessages: z.tuple([selection]),
  removeMessages: z.tuple([selection]),
  readLog: z.tuple([
    z.strictObject({ since: z.number().exactOptional(), match: text.exactOptional(), limit }),
  ]),
  sendTest: z.tuple([text, absentText.optional()]),
  doctor: z.tuple([]),
}

export function isRequest(name: string): name is keyof Control {
  return Object.hasOwn(requests, name)
}

/** Checks what came over the wire and calls the control. Throws one sentence where the arguments are wrong. */
export async function answer(
  control: Control,
  name: keyof Control,
  args: readonly unknown[],
): Promise<unknown> {
  const checked = requests[name].safeParse(args)
  if (!checked.success) throw new Error(`The arguments of the request ${name} are wrong.`)
  return Reflect.apply(control[name], control, checked.data)
}
