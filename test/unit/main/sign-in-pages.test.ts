/** Only web pages of sign-ins that the window itself began are opened. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SignInBegun } from '../../../app/control/control.ts'
import { isWebPage, SignInPages } from '../../../main/sign-in-pages.ts'

const begun = { id: 'one', user: 'u', provider: 'p', until: 0, way: 'device', code: 'ABC' } as const

function pagesOf(page: string) {
  const did: string[] = []
  const pages = new SignInPages({
    begin: async (): Promise<SignInBegun> => ({ ...begun, page }),
    openExternal: async url => void did.push(`open ${url}`),
  })
  return { pages, did }
}

test('the page of the one that was begun, and no other', async () => {
  const { pages, did } = pagesOf('https://login.example/device')
  await assert.rejects(pages.open('one'), /begin it again/)
  await pages.begin('cloud', 'device')
  await pages.open('one')
  await assert.rejects(pages.open('two'), /begin it again/)
  assert.deepEqual(did, ['open https://login.example/device'])
})

test('what is no web page is not opened, whoever names it', async () => {
  for (const page of [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://login.example/',
    'ms-settings:',
    'smb://x/y',
    'https:/',
    '',
  ]) {
    const { pages, did } = pagesOf(page)
    await pages.begin('cloud', 'device')
    if (isWebPage(page)) assert.fail(page)
    await assert.rejects(pages.open('one'), /no https address/)
    assert.deepEqual(did, [])
  }
  assert.ok(isWebPage('http://127.0.0.1:5000/auth?x=1'))
  assert.ok(!isWebPage('http://127.0.0.1.example/'))
})
