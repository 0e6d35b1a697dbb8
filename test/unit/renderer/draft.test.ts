/** A draft: edited, undone, carried over, and told change by change. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { withDefaults } from '../../../app/settings/parse.ts'
import { formatPath as relaysPath } from '../../../app/settings/path.ts'
import { changesOf } from '../../../renderer/state/changes.ts'
import {
  allChanges,
  carriedOver,
  changed,
  closed,
  draftOf,
  redone,
  undone,
  withSetting,
} from '../../../renderer/state/draft.ts'
import { merge } from '../../../renderer/state/merge.ts'
import { alike, formatPath, getAt, moved, type Path, putAt, renamed } from '../../../renderer/state/paths.ts'
import type { SettingsDraft } from '../../../renderer/state/settings.ts'
import { officeSettings } from '../../renderer/office.ts'

const base = withDefaults(officeSettings()) as SettingsDraft
const words = (draft: SettingsDraft) => changesOf(base, draft).map(change => change.words)

describe('paths', () => {
  test('are written as the relay writes them', () => {
    const step = fc.oneof(
      fc.nat(20),
      fc.constantFrom('smtp', 'access', 'info@example.com', 'a b', '"', '__x'),
    )
    fc.assert(fc.property(fc.array(step), steps => assert.equal(formatPath(steps), relaysPath(steps))))
  })

  test('what is put is got, and nothing else changes', () => {
    const path: Path = ['smtp', 'access', 1, 'comment']
    const put = putAt(base, path, 'new')
    assert.equal(getAt(put, path), 'new')
    assert.equal(put.users, base.users)
    assert.ok(alike(putAt(put, path, getAt(base, path)), base))
  })

  test('undefined removes names and entries', () => {
    const removed = putAt(
      putAt(base, ['smtp', 'access', 0], undefined),
      ['aliases', 'info@example.com'],
      undefined,
    )
    assert.equal(removed.smtp.access.length, 1)
    assert.deepEqual(removed.aliases, {})
  })

  test('entries move, and stop at the ends', () => {
    assert.deepEqual(moved(['a', 'b', 'c'], 0, 2), ['b', 'c', 'a'])
    assert.deepEqual(moved(['a', 'b', 'c'], 2, -5), ['c', 'a', 'b'])
    assert.deepEqual(moved(['a', 'b'], 1, 9), ['a', 'b'])
    assert.deepEqual(Object.keys(renamed({ a: 1, b: 2 }, 'a', 'z')), ['z', 'b'])
  })
})

describe('undo', () => {
  test('typing in one field is one step, until the field is left', () => {
    const path: Path = ['hostname']
    const typed = ['m', 'ma', 'mai'].reduce(
      (draft, text) => withSetting(draft, path, text, true),
      draftOf(base),
    )
    assert.equal(undone(typed).settings.hostname, base.hostname)
    const again = withSetting(closed(typed), path, 'mail', true)
    assert.equal(undone(again).settings.hostname, 'mai')
  })

  test('goes back and forth to the same settings', () => {
    const one = withSetting(draftOf(base), ['hostname'], 'a', false)
    const two = withSetting(one, ['localDomains'], [], false)
    assert.deepEqual(undone(undone(two)).settings, base)
    assert.deepEqual(redone(redone(undone(undone(two)))).settings, two.settings)
    assert.equal(undone(draftOf(base)).settings, base)
  })

  test('takes passwords along', () => {
    const draft = changed(draftOf(base), { passwords: { fred: 'x' } })
    assert.deepEqual(allChanges(base, draft), [
      { path: 'users[2].password', words: 'Users, fred: a new password' },
    ])
    assert.deepEqual(undone(draft).passwords, {})
  })
})

describe('changes in words', () => {
  test('an option by its name and its choices', () => {
    assert.deepEqual(words(putAt(base, ['smtp', 'authentication'], 'required')), [
      'SMTP Authentication: Allowed → Required',
    ])
  })

  test('a row added, removed, moved, edited', () => {
    const rows = base.smtp.access
    const fresh = {
      action: 'allow',
      from: 'any',
      withoutAuthentication: false,
      users: ['support'],
      comment: '',
      enabled: true,
    }
    const put = (list: unknown) => words(putAt(base, ['smtp', 'access'], list))
    assert.deepEqual(put([...rows, fresh]), ['IP Access Restrictions: added row 3 (Allow Any, user support)'])
    assert.deepEqual(put(rows.slice(0, 1)), ['IP Access Restrictions: removed row 2 (Allow Local Nets)'])
    assert.deepEqual(put([...rows].reverse()), ['IP Access Restrictions: put in another order'])
    assert.deepEqual(words(putAt(base, ['smtp', 'access', 1, 'withoutAuthentication'], true)), [
      'IP Access Restrictions, row 2, Allow Unauth: off → on',
    ])
  })

  test('a row beside one that is alike, and many rows as one change', () => {
    const rows = base.smtp.access
    const put = (list: unknown) => words(putAt(base, ['smtp', 'access'], list))
    const [first] = rows
    assert.deepEqual(put([first, ...rows]), ['IP Access Restrictions: added row 2 (Block Routers)'])
    const many = Array.from({ length: 100_000 }, (_, at) => ({ ...first, comment: `${at}` }))
    assert.deepEqual(put(many), ['IP Access Restrictions: 100000 added, 2 removed'])
    const long = putAt(base, ['smtp', 'access'], many)
    const less = putAt(long, ['smtp', 'access'], many.slice(1))
    assert.deepEqual(
      changesOf(long, less).map(change => change.words),
      ['IP Access Restrictions: removed row 1 (Block Routers)'],
    )
  })

  test('never a password', () => {
    const told = words(putAt(base, ['users', 0, 'password'], 'scrypt$other')).join()
    assert.match(told, /Password: set → set/)
    assert.doesNotMatch(told, /scrypt/)
  })

  test('none exactly where nothing differs', () => {
    const edits = fc.array(
      fc.constantFrom<[Path, unknown]>(
        [['hostname'], 'x'],
        [['smtp', 'access', 0, 'comment'], 'y'],
        [['smtp', 'access'], []],
        [['users', 1, 'enabled'], false],
        [['aliases', 'a@example.com'], ['fred']],
        [['delivery', 'routes', 0, 'hosts'], ['z']],
      ),
    )
    fc.assert(
      fc.property(edits, list => {
        const draft = list.reduce((settings, [path, value]) => putAt(settings, path, value), base)
        assert.equal(changesOf(base, draft).length === 0, alike(base, draft))
      }),
    )
  })
})

describe('settings changed elsewhere', () => {
  test('both changes stand, and of one place mine', () => {
    const mine = putAt(putAt(base, ['hostname'], 'mine'), ['smtp', 'maxRecipients'], 5)
    const theirs = putAt(putAt(base, ['hostname'], 'theirs'), ['smtp', 'enabled'], false)
    const merged = merge(base, mine, theirs)
    assert.deepEqual([merged.hostname, merged.smtp.maxRecipients, merged.smtp.enabled], ['mine', 5, false])
  })

  test('cells of one list are merged, a list of another length is kept', () => {
    const mine = putAt(base, ['smtp', 'access', 0, 'comment'], 'mine')
    const theirs = putAt(base, ['smtp', 'access', 1, 'comment'], 'theirs')
    assert.deepEqual(
      merge(base, mine, theirs).smtp.access.map(({ comment }) => comment),
      ['mine', 'theirs'],
    )
    const shorter = putAt(base, ['smtp', 'access'], [])
    assert.deepEqual(merge(base, mine, shorter).smtp.access, mine.smtp.access)
  })

  test('an untouched draft becomes theirs, in every case', () => {
    const value = fc.jsonValue()
    fc.assert(fc.property(value, value, (one, theirs) => assert.deepEqual(merge(one, one, theirs), theirs)))
    fc.assert(fc.property(value, value, (one, mine) => assert.ok(alike(merge(one, mine, one), mine))))
  })

  test('carries passwords', () => {
    const draft = changed(draftOf(base), { passwords: { fred: 'x' } })
    assert.deepEqual(carriedOver(draft, base, putAt(base, ['hostname'], 'new')).passwords, { fred: 'x' })
  })
})
