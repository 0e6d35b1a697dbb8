/** Who may log on: by name or address, without case; disabled and unknown accounts take as long as wrong passwords. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { hashPassword } from '../../../app/settings/password.ts'
import type { User } from '../../../app/settings/settings.ts'
import { PasswordVerifier } from '../../../app/settings/verifier.ts'
import { authenticate } from '../../../app/smtp/authenticate.ts'

describe('authenticate', () => {
  let users: readonly User[]
  before(async () => {
    const hash = await hashPassword('secret')
    const plain = { addresses: [], enabled: true, forwardTo: [], keepCopy: true, password: hash }
    const { password: _, ...silent } = plain
    users = [
      { ...plain, name: 'Support', addresses: ['help@example.com'] },
      { ...plain, name: 'gone', enabled: false },
      { ...silent, name: 'silent' },
      // Named like an address of the first.
      { ...plain, name: 'help@example.com', password: await hashPassword('other') },
    ]
  })
  const cases: [string, string, string, string][] = [
    ['by name', 'support', 'secret', 'Support'],
    ['in capitals', 'SUPPORT', 'secret', 'Support'],
    ['by name where another has it as an address', 'Help@Example.com', 'other', 'help@example.com'],
    ['with the password of another', 'Help@Example.com', 'secret', 'wrong'],
    ['with a wrong password', 'support', 'Secret', 'wrong'],
    ['with an empty password', 'support', '', 'wrong'],
    ['as nobody', '', 'secret', 'wrong'],
    ['as an unknown', 'nobody', 'secret', 'wrong'],
    ['disabled', 'gone', 'secret', 'wrong'],
    ['without a password', 'silent', '', 'wrong'],
  ]
  for (const [how, name, password, expected] of cases) {
    test(how, async () => {
      const outcome = await authenticate(users, new PasswordVerifier(), name, password)
      assert.equal(outcome.kind === 'account' ? outcome.user.name : outcome.kind, expected)
    })
  }

  test('an unknown name takes as long as a wrong password', async () => {
    const verifier = new PasswordVerifier()
    const time = async (name: string) => {
      const start = performance.now()
      for (let i = 0; i < 3; i++) await authenticate(users, verifier, name, `wrong${i}`)
      return performance.now() - start
    }
    await time('support')
    const [known, unknown, disabled] = [await time('support'), await time('nobody'), await time('gone')]
    assert.ok(unknown > known / 3 && disabled > known / 3, `${known} ${unknown} ${disabled} ms`)
  })
})
