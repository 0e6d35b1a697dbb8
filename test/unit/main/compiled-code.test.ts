/** Compiled code from start to start: taken for the program it was made of, and only whole. */
import assert from 'node:assert/strict'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { CompiledCode } from '../../../main/compiled-code.ts'
import { makeFolder } from '../../support/folder.ts'

test('what was kept is read again by the same program only', async t => {
  const file = join(await makeFolder(t), 'not', 'there', 'compiled')
  const code = Buffer.from('code')
  assert.equal(new CompiledCode(file, 'program').read(), undefined)
  await new CompiledCode(file, 'program').write(code)
  assert.deepEqual(new CompiledCode(file, 'program').read(), code)
  assert.equal(new CompiledCode(file, 'prograM').read(), undefined)
  assert.equal((await stat(file)).mode & 0o077, 0)
})

test('a damaged file is passed over, wherever a bit of it is wrong', async t => {
  const file = join(await makeFolder(t), 'compiled')
  const kept = new CompiledCode(file, 'program')
  await kept.write(Buffer.from('code'))
  const whole = await readFile(file)
  for (const at of whole.keys()) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 1
    await writeFile(file, damaged)
    assert.equal(kept.read(), undefined, `byte ${at}`)
  }
  await writeFile(file, whole.subarray(0, -1))
  assert.equal(kept.read(), undefined)
  await writeFile(file, '')
  assert.equal(kept.read(), undefined)
})

test('where it cannot be written nothing happens', async t => {
  const folder = await makeFolder(t)
  await writeFile(join(folder, 'file'), '')
  const kept = new CompiledCode(join(folder, 'file', 'compiled'), 'program')
  await kept.write(Buffer.from('code'))
  assert.equal(kept.read(), undefined)
})

test('where another user could have written it is passed over', async t => {
  const file = join(await makeFolder(t), 'folder', 'compiled')
  const kept = new CompiledCode(file, 'program')
  await kept.write(Buffer.from('code'))
  assert.ok(kept.read())
  for (const [path, mode, usual] of [
    [file, 0o620, 0o600],
    [file, 0o602, 0o600],
    [dirname(file), 0o770, 0o700],
    [dirname(file), 0o707, 0o700],
  ] as const) {
    await chmod(path, mode)
    assert.equal(kept.read(), undefined, `${path} ${mode.toString(8)}`)
    await chmod(path, usual)
    assert.ok(kept.read())
  }
})
