/** Certificates in a person's own files: every form that is taken, and what is said where one can't be. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { CertificateSettings } from '../../../app/settings/settings.ts'
import { type FileSetting, FilesUnusable, readCertificateFiles } from '../../../app/tls/files.ts'
import { type Certificate, makeCertificate } from '../../support/certificate.ts'
import type { Ending } from '../../support/ending.ts'
import { makeFolder } from '../../support/folder.ts'
import { runProcess } from '../../support/process.ts'

type Named = Pick<CertificateSettings, 'file' | 'keyFile' | 'passphrase'>

const secrets: Readonly<Record<string, string>> = { right: 'open sesame', wrong: 'open barley' }

async function read(named: Named) {
  const settings = { source: 'files', ...named } as CertificateSettings
  return readCertificateFiles(settings, name => secrets[name])
}

async function made(t: Ending): Promise<Certificate & { readonly folder: string; at(name: string): string }> {
  const folder = await makeFolder(t)
  return { ...(await makeCertificate(folder)), folder, at: name => join(folder, name) }
}

async function openssl(t: Ending, ...args: string[]): Promise<void> {
  const { code, stderr } = await runProcess(t, ['openssl', ...args], { timeout: 20_000 })
  assert.equal(code, 0, stderr)
}

const isThat = (pem: string) => (found: { readonly leaf: X509Certificate }) =>
  assert.ok(found.leaf.raw.equals(new X509Certificate(pem).raw))

describe('what is taken', () => {
  test('PEM with the key beside it, or in the same file in either order, with words around', async t => {
    const { certFile: file, keyFile, cert, key, ca, at } = await made(t)
    isThat(cert)(await read({ file, keyFile }))
    await writeFile(at('both.pem'), `${cert}${ca}Bag Attributes\n${key}`)
    await writeFile(at('other.pem'), `${key}\nsubject=x\n${cert}${ca}`)
    for (const name of ['both.pem', 'other.pem']) {
      const found = await read({ file: at(name) })
      isThat(cert)(found)
      // The chain goes out too.
      const chain = 'cert' in found.material ? found.material.cert : ''
      assert.equal(chain.split('-----BEGIN CERTIFICATE-----').length, 3)
    }
  })

  test('a key under a passphrase, of today and of old', async t => {
    const { certFile: file, keyFile, cert, at } = await made(t)
    const locked = at('locked.key')
    await openssl(t, 'pkcs8', '-topk8', '-in', keyFile, '-out', locked, '-passout', 'pass:open sesame')
    isThat(cert)(await read({ file, keyFile: locked, passphrase: 'right' }))
    await openssl(t, 'ec', '-aes128', '-in', keyFile, '-out', locked, '-passout', 'pass:open sesame')
    assert.match(await readFile(locked, 'utf8'), /Proc-Type: 4,ENCRYPTED/)
    isThat(cert)(await read({ file, keyFile: locked, passphrase: 'right' }))
  })

  test('a PFX, with a passphrase and with an empty one', async t => {
    const { certFile, keyFile, caFile, cert, at } = await made(t)
    const pack = (name: string, ...more: string[]) =>
      openssl(
        ...([t, 'pkcs12', '-export', '-in', certFile, '-inkey', keyFile, '-certfile', caFile] as const),
        ...['-out', at(name), ...more],
      )
    await pack('with.pfx', '-passout', 'pass:open sesame')
    isThat(cert)(await read({ file: at('with.pfx'), passphrase: 'right' }))
    await pack('without.pfx', '-passout', 'pass:')
    isThat(cert)(await read({ file: at('without.pfx') }))
  })
})

const refused = (setting: FileSetting, words: RegExp) => (error: unknown) =>
  error instanceof FilesUnusable &&
  error.setting === setting &&
  words.test(error.message) &&
  error.message.endsWith('.')

describe('what is not taken is said at its setting', () => {
  test('missing, unreadable and half written files', async t => {
    const { certFile: file, keyFile, cert, key, at } = await made(t)
    await assert.rejects(read({ file: at('none'), keyFile }), refused('file', /^There is no file .*none/))
    await assert.rejects(read({ file, keyFile: at('none') }), refused('keyFile', /^There is no file /))
    await mkdir(at('folder'))
    await assert.rejects(read({ file: at('folder') }), refused('file', /elsewhere: it is a folder/))
    await writeFile(at('half.pem'), cert.slice(0, cert.length / 2))
    await assert.rejects(read({ file: at('half.pem'), keyFile }), refused('file', /no whole certificate/))
    await writeFile(at('half.key'), key.slice(0, key.length / 2))
    await assert.rejects(read({ file, keyFile: at('half.key') }), refused('keyFile', /no whole private key/))
    await assert.rejects(read({ file }), refused('keyFile', /no whole private key/))
    await writeFile(at('empty'), '')
    await assert.rejects(read({ file: at('empty') }), refused('file', /neither PEM nor a PFX/))
    await writeFile(at('rubbish.pem'), cert.replace(/^MI.+$/m, 'MIIB'))
    await assert.rejects(read({ file: at('rubbish.pem'), keyFile }), refused('file', /can't be used/))
  })

  test('the key of another certificate', async t => {
    const [{ certFile: file }, { keyFile }] = [await made(t), await made(t)]
    await assert.rejects(read({ file, keyFile }), refused('file', /can't be used \(.*(mismatch|another)/))
  })

  test('passphrases that are missing, wrong, or not in the store', async t => {
    const { certFile, keyFile, at } = await made(t)
    const [locked, pfx] = [at('locked.key'), at('with.pfx')]
    const pass = ['-passout', 'pass:open sesame']
    await openssl(t, 'pkcs8', '-topk8', '-in', keyFile, '-out', locked, ...pass)
    await openssl(t, 'pkcs12', '-export', '-in', certFile, '-inkey', keyFile, '-out', pfx, ...pass)
    for (const named of [{ file: certFile, keyFile: locked }, { file: pfx }]) {
      await assert.rejects(read(named), refused('passphrase', /needs its passphrase/))
      await assert.rejects(
        read({ ...named, passphrase: 'wrong' }),
        refused('passphrase', /passphrase doesn't open/),
      )
      await assert.rejects(
        read({ ...named, passphrase: 'absent' }),
        refused('passphrase', /postern secret set absent/),
      )
    }
  })

  test('a PFX that is locked too weakly', async t => {
    const { certFile, keyFile, at } = await made(t)
    const out = ['-out', at('old.pfx'), '-passout', 'pass:open sesame', '-legacy']
    await openssl(t, 'pkcs12', '-export', '-in', certFile, '-inkey', keyFile, ...out)
    await assert.rejects(
      read({ file: at('old.pfx'), passphrase: 'right' }),
      refused('file', /too old to be safe/),
    )
  })
})
