/** The README's commands set up what its table says, with the relay running and with it stopped. */
import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makeFolder } from '../support/folder.ts'
import { type Installation, install, installAsIs, portOf } from '../support/installation.ts'
import { postern, runProcess, startProcess } from '../support/process.ts'
import { swaks } from '../support/swaks.ts'

const root = join(import.meta.dirname, '../..')
const readme = await readFile(join(root, 'README.md'), 'utf8')
const scenario = sectionOf('An office with people on the road')
const [setUp = [], questions = []] = blocksOf(scenario)

const passwords: Readonly<Record<string, string>> = {
  support: 'correct horse 1',
  webmaster: 'battery staple 2',
  fred: 'länger als acht 3',
  provider: 'a secret of the provider',
}

/** The document's addresses, and those that a test on one machine connects from. */
const clients: Readonly<Record<string, string>> = {
  '192.168.1.50': '127.1.1.50',
  '192.168.1.1': '127.1.1.1',
  '203.0.113.9': '127.9.9.9',
}

interface Row {
  readonly client: string
  readonly user: string | undefined
  readonly to: string
  /** As in `250 2.1.5`; the status of an acceptance isn't told. */
  readonly reply: string
  readonly row: number | null
}

test('the relay stopped: the README sets up its table', async t => {
  const installation = await installAsIs(t)
  await runReadme(t, installation)
  await setByHand(installation)
  await installation.set('smtp.listeners', [{ address: '127.0.0.1', port: 0, encryption: 'starttls' }])
  await explainTable(installation)
  const relay = await installation.serve()
  await checkTable(t, installation, portOf(relay))
})

test('the relay running: the README sets up its table', async t => {
  const installation = await install(t)
  await setByHand(installation)
  const relay = await installation.serve()
  await runReadme(t, installation)
  await checkTable(t, installation, portOf(relay))
  await explainTable(installation)
  assert.equal((await relay.end()).code, 0)
})

test('the questions that the README asks are answered', async t => {
  const installation = await install(t)
  await runReadme(t, installation)
  assert.equal(questions.length, 2)
  const path = await pathWithNpx(t)
  const [refused, accepted] = await Promise.all(
    questions.map(line => runProcess(t, ['sh', '-c', line], { env: { ...installation.env, ...path } })),
  )
  assert.equal(refused?.code, 1)
  assert.match(refused.stdout, /^refused: 530 5\.7\.0 /)
  assert.match(refused.stdout, /row 3/)
  assert.equal(accepted?.code, 0)
  assert.match(accepted.stdout, /^accepted: 250 2\.1\.5 /)
})

test('every command and every document that the README names is there', async t => {
  const installation = await install(t)
  const table = [...readme.matchAll(/^\| `postern (\w[\w-]*)(?: (\w+))?`((?:, `\w+`)*) +\|/gm)]
  assert.ok(table.length >= 9)
  for (const [, command = '', first, others = ''] of table) {
    const names =
      first === undefined ? [] : [first, ...[...others.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '')]
    for (const words of first === undefined ? [[command]] : names.map(name => [command, name]))
      assert.match(
        await installation.run([...words, '--help']),
        new RegExp(`^Usage: postern ${words.join(' ')}`),
      )
  }
  for (const [, file = ''] of readme.matchAll(/\]\(([\w./-]+)\)/g)) await readFile(join(root, file))
})

test('npx runs the command in this folder', async t => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const { code, stdout } = await runProcess(t, ['npx', '--offline', 'postern', '--version'], { cwd: root })
  assert.equal(code, 0)
  assert.equal(stdout, `${version}\n`)
})

function sectionOf(heading: string): string {
  const section = readme.split(/^## /m).find(text => text.startsWith(`${heading}\n`))
  assert.ok(section, `The README has no section "${heading}".`)
  return section
}

/** The command lines of each fenced block. */
function blocksOf(text: string): string[][] {
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) =>
    block.split('\n').filter(line => line.trim() !== ''),
  )
}

function tableOf(text: string): Row[] {
  const lines = [...text.matchAll(/^\| ([\d.]+) +\| (\w+) +\| (\S+) +\| (.+?) +\|$/gm)]
  return lines.map(([, client = '', user = '', to = '', answer = '']) => {
    const [, verdict = '', row] = /^(accepted|\d{3} \S+)(?:, row (\d))?$/.exec(answer) ?? []
    assert.notEqual(verdict, '', answer)
    return {
      client,
      user: user === 'nobody' ? undefined : user,
      to,
      reply: verdict === 'accepted' ? '250 ' : `${verdict} `,
      row: row === undefined ? null : Number(row),
    }
  })
}

/** What a test on one machine must set: which networks are local, and which address is the router's. */
async function setByHand(installation: Installation): Promise<void> {
  await installation.set('localNetworks', ['192.168.1.0/24', '127.1.1.0/24'])
  await installation.set('routers', ['192.168.1.1', '127.1.1.1'])
}

/** Types in each line as it stands, at a terminal, and the passwords where they are asked for. */
async function runReadme(t: TestContext, installation: Installation): Promise<void> {
  assert.ok(setUp.length >= 12, 'The README lost its commands.')
  const env = { ...installation.env, ...(await pathWithNpx(t)) }
  for (const line of setUp) {
    const asks = /(?:user add|secret set) (\w+)/.exec(line)
    const output = asks ? await typeIn(t, line, asks[1] ?? '', env) : await runLine(t, line, env)
    for (const password of Object.values(passwords)) assert.ok(!output.includes(password), output)
    assert.doesNotMatch(output, /scrypt/)
  }
}

async function runLine(t: TestContext, line: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await runProcess(t, ['sh', '-c', line], { env })
  assert.equal(code, 0, `${line}\n${stdout}${stderr}`)
  return stdout + stderr
}

async function typeIn(t: TestContext, line: string, name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const terminal = await startProcess(t, ['script', '-qefc', line, '/dev/null'], { env, holdInput: true })
  for (const prompt of line.includes('user add') ? [/Password for \w+: /, /Once more: /] : [/Secret \w+: /]) {
    await terminal.waitFor(prompt)
    terminal.type(`${passwords[name]}\r`)
  }
  const { code } = await terminal.ended
  assert.equal(code, 0, terminal.output)
  return terminal.output
}

/** `npx postern` as in the README, without npm's second of thinking for each line. */
async function pathWithNpx(t: TestContext): Promise<NodeJS.ProcessEnv> {
  const folder = await makeFolder(t)
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const [node, script] = postern()
  const text = `#!/bin/sh\n[ "$1" = postern ] || exit 99\nshift\nexec '${node}' '${script}' "$@"\n`
  await writeFile(join(bin, 'npx'), text)
  await chmod(join(bin, 'npx'), 0o755)
  return { PATH: `${bin}${delimiter}${process.env['PATH']}` }
}

/** Each row over a connection of its own. */
async function checkTable(t: TestContext, installation: Installation, port: number): Promise<void> {
  const rows = tableOf(scenario)
  assert.equal(rows.length, 9)
  for (const { client, user, to, reply } of rows) {
    const login = user === undefined ? {} : { login: { user, password: passwords[user] ?? '' } }
    const { transcript } = await swaks(t, {
      port,
      ...login,
      localInterface: clients[client] ?? '',
      encryption: 'starttls',
      from: user === undefined ? 'stranger@far.example' : `${user}@example.com`,
      to: [to],
      more: ['--quit-after', 'RCPT'],
    })
    const answer = /RCPT TO:.*\n<[-~*]+ +(.*)/.exec(transcript)?.[1] ?? transcript
    assert.ok(answer.startsWith(reply), `${client} ${user} ${to}: ${answer}, not ${reply}\n${transcript}`)
    if (user !== undefined) assert.match(transcript, /235 2\.7\.0/)
  }
  const log = await installation.run(['log', '--match', 'recipient-refused'])
  assert.equal(log.trim().split('\n').length, rows.filter(row => row.reply !== '250 ').length)
}

/** Each row by `explain`, for the document's own addresses and for the test's. */
async function explainTable(installation: Installation): Promise<void> {
  for (const { client, user, to, reply, row } of tableOf(scenario)) {
    for (const address of [client, clients[client] ?? '']) {
      const who = user === undefined ? [] : ['--user', user]
      const decision = await installation.facts('explain', '--client', address, ...who, '--to', to)
      assert.ok(typeof decision === 'object' && decision !== null)
      const facts = Object.fromEntries(Object.entries(decision))
      const { code, status } = facts['reply']
      assert.ok(`${code} ${status} `.startsWith(reply), `${address} ${user} ${to}: ${code} ${status}`)
      assert.equal(facts['verdict'], code === 250 ? 'accept' : 'refuse')
      assert.equal(facts['row'], row, `${address} ${user} ${to}`)
      assert.ok(facts['steps'].length > 1)
    }
  }
}
