/** With whom a login signs in: the presets' addresses, and what is missing in words; and what refusals mean. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { faultOf } from '../../../app/oauth/fault.ts'
import { formatKept, parseKept } from '../../../app/oauth/kept-sign-in.ts'
import { providerOf } from '../../../app/oauth/provider.ts'
import type { OAuthLogin } from '../../../app/settings/settings.ts'

const login: OAuthLogin = { method: 'oauth2', user: 'office@contoso.com', secret: 'cloud', clientId: 'c' }

function chosen(change: Partial<OAuthLogin>) {
  const found = providerOf({ ...login, ...change })
  assert.ok(found.ok, JSON.stringify(found))
  return found.provider
}

test('Microsoft: the directory is that of the user, unless another is named', () => {
  const provider = chosen({ provider: 'microsoft' })
  assert.equal(provider.scope, 'https://outlook.office.com/SMTP.Send offline_access')
  assert.equal(provider.redirect, 'http://localhost')
  assert.ok(provider.endpoints !== 'told')
  assert.equal(provider.endpoints.token, 'https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token')
  const { issuer } = chosen({ provider: 'microsoft', tenant: 'contoso.onmicrosoft.com' })
  assert.equal(issuer, 'https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0')
})

test('Google: a refresh token is asked for, and no device code', () => {
  const provider = chosen({ provider: 'google', clientSecret: 'cloud client' })
  assert.equal(provider.scope, 'https://mail.google.com/')
  assert.deepEqual(provider.parameters, { access_type: 'offline', prompt: 'consent' })
  assert.equal(provider.clientSecret, 'cloud client')
  assert.ok(provider.noDeviceCode)
})

test('what is missing is told', () => {
  const { clientId: _, ...nameless } = login
  for (const [given, words] of [
    [login, /"provider"/],
    [{ ...nameless, provider: 'google' }, /client id/],
    [{ ...login, provider: 'other' }, /"issuer"/],
    [{ ...login, provider: 'microsoft', user: 'office' }, /"tenant"/],
  ] as const) {
    const found = providerOf(given)
    assert.ok(!found.ok)
    assert.match(found.why, words)
  }
})

describe('a refusal', () => {
  const said = (error: string, description = '', status = 400) =>
    Object.assign(new Error('x'), { error, error_description: description, status })

  test('in words, with what was said', () => {
    const trace = 'AADSTS50173: The provided grant has expired. Trace ID: 1 Correlation ID: 2 Timestamp: 3'
    const fault = faultOf(said('invalid_grant', trace), 'Microsoft')
    assert.equal(fault.reason, 'ended')
    assert.equal(
      fault.message,
      'Microsoft refuses, since the password was changed or all sign-ins were ended (AADSTS50173: The provided grant has expired.)',
    )
    const google = faultOf(said('invalid_grant', 'Token has been expired or revoked.'), 'Google')
    assert.match(google.message, /taken back \(Token has been expired or revoked\.\)/)
    assert.match(faultOf(said('odd_one', 'a\u001b[31m\nb'), 'x').message, /^x refuses: a \[31m$/)
    assert.ok(faultOf(said('invalid_grant', 'x'.repeat(10_000)), 'x').message.length < 500)
  })

  test('that may pass needs nobody, and a service in trouble is told from one that cannot be reached', () => {
    const away = new TypeError('fetch failed', {
      cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }),
    })
    for (const error of [
      said('temporarily_unavailable'),
      said('server_error'),
      said('invalid_grant', '', 503),
      said('slow_down', '', 429),
      new Error('x', { cause: { status: 502 } }),
    ])
      assert.equal(faultOf(error, 'x').reason, 'busy', String(error))
    for (const error of [
      new Error('anything'),
      away,
      new Error('x', { cause: { status: 404 } }),
      'a text',
      undefined,
    ]) {
      assert.equal(faultOf(error, 'x').reason, 'unreachable', String(error))
      assert.equal(faultOf(error, 'x').passes, true)
    }
  })

  test('is told apart by what mends it: another sign-in, an administrator, or the settings, with the field', () => {
    const reasons = (error: string, description = '') => {
      const { reason, field, passes } = faultOf(said(error, description), 'x')
      assert.equal(passes, false)
      return [reason, field]
    }
    assert.deepEqual(reasons('invalid_grant'), ['ended', undefined])
    assert.deepEqual(reasons('interaction_required', 'AADSTS50076: x'), ['ended', undefined])
    assert.deepEqual(reasons('access_denied'), ['forbidden', undefined])
    assert.deepEqual(reasons('invalid_grant', 'AADSTS50057: x'), ['forbidden', undefined])
    assert.deepEqual(reasons('invalid_grant', 'AADSTS53003: x'), ['forbidden', undefined])
    assert.deepEqual(reasons('invalid_client'), ['settings', 'clientId'])
    assert.deepEqual(reasons('invalid_client', 'AADSTS7000222: x'), ['settings', 'clientSecret'])
    assert.deepEqual(reasons('invalid_request', 'AADSTS90002: x'), ['settings', 'tenant'])
    assert.deepEqual(reasons('invalid_scope'), ['settings', 'scopes'])
    assert.match(faultOf(said('invalid_client'), 'x').message, /: check the client id of the mail sender$/)
  })
})

test('what is kept is read back, and a password or anything else is not taken for it', () => {
  const kept = { issuer: 'i', clientId: 'c', user: 'u', refreshToken: 'r', signedIn: 1 }
  assert.deepEqual(parseKept(formatKept(kept)), { kind: 'oauth2', ...kept })
  for (const text of [
    undefined,
    '',
    'password',
    '{',
    '{}',
    'null',
    '{"kind":"oauth2"}',
    '[1]',
    '{"kind":"oauth2","issuer":1}',
  ])
    assert.equal(parseKept(text), undefined, text)
})
