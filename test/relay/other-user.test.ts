/** Another user of the same machine reads nothing, reaches nothing, and isn't told a secret by a trick. */
import assert from 'node:assert/strict'
import { chmod, chown, lstat, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { controlAddressOf } from '../../app/settings/folder.ts'
import type { Ending } from '../support/ending.ts'
import { makeFolder } from '../support/folder.ts'
import { type Installation, install, installAsIs, portOf } from '../support/installation.ts'
import { connects, OTHER, reachable, startAsOther } from '../support/other-user.ts'
import { type Process, postern, runProcess, startProcess } from '../support/process.ts'
import { swaks } from '../support/swaks.ts'
import { waitFor } from '../support/wait.ts'

/** The folder and everything in it. */
async function everything(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true })
  return [folder, ...names.map(name => join(folder, name))]
}

/** What has rights for anybody but its owner. */
async function loose(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of await everything(folder)) {
    const { mode } = await lstat(path)
    if ((mode & 0o077) !== 0) found.push(`${(mode & 0o777).toString(8)} ${path}`)
  }
  return found
}

/** With every right given to everybody that a process may give. */
async function serveWithoutUmask(t: Ending, { env }: Installation): Promise<Process> {
  const command = ['/bin/sh', '-c', 'umask 000; exec "$@"', 'sh', ...postern('serve')]
  const relay = await startProcess(t, command, { env })
  await relay.waitFor(/^ready$/m)
  return relay
}

/** In a place where the other user may go, as a home mostly is. */
async function inTheOpen(t: Ending): Promise<string> {
  const place = await makeFolder(t)
  await chmod(place, 0o755)
  return place
}

async function officeIn(place: string, t: Ending): Promise<Installation> {
  const office = await installAsIs(t, join(place, 'data'))
  await office.set('smtp.listeners', [{ address: '127.0.0.1', port: 0, encryption: 'none' }])
  await office.set('localDomains', ['example.com'])
  await office.run(['secret', 'set', 'provider'], 'a secret\n')
  await office.run(
    ['user', 'add', 'support', '--address', 'support@example.com', '--password-stdin'],
    'pass phrase of support\n',
  )
  return office
}

test('a day’s files are for this user only, without a umask too, and another user gets at none', async t => {
  const office = await officeIn(await inTheOpen(t), t)
  const relay = await serveWithoutUmask(t, office)
  const mail = { port: portOf(relay), from: 'a@example.com' }
  await swaks(t, { ...mail, to: ['support@example.com'] })
  await swaks(t, { ...mail, to: ['held@elsewhere.example'] })
  await waitFor('the mail', async () => ((await office.mailbox('support')).length > 0 ? true : undefined))
  const paths = await everything(office.folder)
  for (const part of ['mail/support/new', 'secrets.key', 'control.sock', 'spool', 'tls/key.pem', 'history'])
    assert.ok(
      paths.some(path => path.includes(part)),
      part,
    )
  assert.deepEqual(await loose(office.folder), [])
  assert.deepEqual(await reachable(t, paths), [])
  assert.equal(await connects(t, await controlAddressOf(office.folder)), false)
  // The probe itself finds what there is to find.
  for (const path of paths) if (!(await lstat(path)).isSymbolicLink()) await chmod(path, 0o777)
  assert.equal((await reachable(t, paths)).length, paths.length * 2)
  assert.equal(await connects(t, await controlAddressOf(office.folder)), true)
  await relay.end()
})

test('what was opened to others, or brought back so, is closed at the next start', async t => {
  const office = await officeIn(await inTheOpen(t), t)
  const first = await serveWithoutUmask(t, office)
  await swaks(t, { port: portOf(first), from: 'a@example.com', to: ['support@example.com'] })
  await waitFor('the mail', async () => ((await office.mailbox('support')).length > 0 ? true : undefined))
  await first.end()
  // One file alone, in a folder that is closed.
  for (const name of ['settings.json', 'secrets.key', 'names.json', 'tls/key.pem']) {
    await chmod(join(office.folder, name), 0o644).catch(() => undefined)
  }
  const second = await serveWithoutUmask(t, office)
  assert.deepEqual(await loose(office.folder), [])
  await second.end()
  for (const path of await everything(office.folder)) await chmod(path, 0o777)
  const third = await serveWithoutUmask(t, office)
  assert.deepEqual(await loose(office.folder), [])
  assert.equal((await third.end()).code, 0)
})

test('a file of another user in the data folder is refused in one sentence', async t => {
  const office = await officeIn(await inTheOpen(t), t)
  const file = join(office.folder, 'secrets.key')
  await chown(file, OTHER, OTHER)
  const { code, stdout, stderr } = await office.serveInVain()
  assert.equal(code, 1, stdout)
  assert.match(stderr, /^postern: \S+secrets\.key belongs to another user \(number 65534\): look at .*\.$/m)
  assert.equal(stderr.trim().split('\n').length, 1)
  assert.equal((await lstat(file)).uid, OTHER)
})

test('a link that another user planted is refused, and what it leads to left alone', async t => {
  const place = await inTheOpen(t)
  const office = await officeIn(place, t)
  const victim = join(place, 'victim')
  await writeFile(victim, 'kept', { mode: 0o644 })
  const link = join(office.folder, 'names.json')
  await rm(link, { force: true })
  await symlink(victim, link)
  await runProcess(t, ['chown', '-h', `${OTHER}`, link])
  const { code, stderr } = await office.serveInVain()
  assert.equal(code, 1)
  assert.match(stderr, /names\.json belongs to another user/)
  assert.equal((await lstat(victim)).mode & 0o777, 0o644)
})

test('a data folder that others could swap is refused: a link of theirs, a place where all may write', async t => {
  const place = await inTheOpen(t)
  const office = await officeIn(place, t)
  const link = join(place, 'link')
  await symlink(office.folder, link)
  await runProcess(t, ['chown', '-h', `${OTHER}`, link])
  const byLink = await (await installAsIs(t, link)).serveInVain()
  assert.equal(byLink.code, 1)
  assert.match(byLink.stderr, /link is a link that another user made \(number 65534\): have it removed/)
  const shared = join(place, 'shared')
  await mkdir(shared)
  await chmod(shared, 0o777)
  const inShared = await (await installAsIs(t, join(shared, 'deep', 'data'))).serveInVain()
  assert.equal(inShared.code, 1)
  assert.match(inShared.stderr, /Every user can put another folder in the place of .*"chmod o-w \S+\/shared"/)
  assert.deepEqual(await readdir(shared), [])
  // As in /tmp: there nobody but its owner renames it.
  await chmod(shared, 0o1777)
  await install(t)
  const inTemporary = await installAsIs(t, join(shared, 'deep', 'data'))
  await inTemporary.set('smtp.listeners', [])
})

test('a secret is not told to a relay that another user pretends to be', async t => {
  const place = await inTheOpen(t)
  const temporary = join(place, 'tmp')
  await mkdir(temporary)
  await chmod(temporary, 0o1777)
  // Too long for a socket's path: the socket is among the temporary files then, where all may write.
  const office = await officeIn(join(place, 'x'.repeat(100)), t)
  const env = { ...office.env, TMPDIR: temporary }
  const address = join(temporary, (await controlAddressOf(office.folder)).slice('/tmp/'.length))
  const script =
    'use IO::Socket::UNIX; my ($place, $path) = @ARGV; mkdir $place, 0755; my $s = IO::Socket::UNIX->new(Local => $path, Listen => 5) or die; chmod 0777, $path; $| = 1; print "waits\\n"; while (my $c = $s->accept) { print while <$c> }'
  const thief = await startAsOther(t, '/usr/bin/perl', '-e', script, join(address, '..'), address)
  await thief.waitFor(/^waits$/m)
  const { code, stderr } = await runProcess(t, postern('secret', 'set', 'provider'), {
    env,
    input: 'not for thieves\n',
    timeout: 15_000,
  })
  assert.equal(code, 1)
  assert.match(stderr, /The folder \S+ was made by another user: have it removed/)
  assert.equal((await thief.end()).stdout, 'waits\n')
})
