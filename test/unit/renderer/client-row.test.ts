/** The row that "Allow this client" makes lets in that client as it came, and nobody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientRow } from '../../../renderer/access/client-row.ts'
import type { SettingsDraft, SmtpDraft } from '../../../renderer/state/settings.ts'

const withSmtp = (smtp: Pick<SmtpDraft, 'authentication' | 'antiRelay'>) => ({ smtp }) as SettingsDraft
const client = '203.0.113.9'

test('it needs no log-on only where one would be asked for', () => {
  const required = withSmtp({ authentication: 'required', antiRelay: 'client-address' })
  const allowed = withSmtp({ authentication: 'allowed', antiRelay: 'client-address' })
  assert.equal(clientRow(client, undefined, required)?.withoutAuthentication, true)
  assert.equal(clientRow(client, undefined, allowed)?.withoutAuthentication, false)
  assert.equal(clientRow(client, undefined, required)?.from, client)
})

test('for a user who logged on it is for that user alone, after logging on', () => {
  const row = clientRow(client, 'fred', withSmtp({ authentication: 'required', antiRelay: 'client-address' }))
  assert.deepEqual(row?.users, ['fred'])
  assert.equal(row?.withoutAuthentication, false)
})

test('where only users may send, none lets in who did not log on', () => {
  const users = withSmtp({ authentication: 'required', antiRelay: 'authenticated-users' })
  assert.equal(clientRow(client, undefined, users), undefined)
  assert.deepEqual(clientRow(client, 'fred', users)?.users, ['fred'])
})
