/** What `electron <path>` starts first: a small default_app.asar, for a build that comes without one. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPackage } from '@electron/asar'

/** Reads the app's folder from the arguments, honours `-r`, and sets name, version and path as the official one does. */
const program = `'use strict'
const { app } = require('electron')
const fs = require('node:fs')
const Module = require('node:module')
const path = require('node:path')

const args = process.argv.slice(1)
const preloads = []
let file
for (let at = 0; at < args.length && file === undefined; at++) {
  if (args[at] === '-r' || args[at] === '--require') preloads.push(args[++at])
  else if (!args[at].startsWith('-')) file = args[at]
}
if (file === undefined) {
  process.stderr.write('Name the folder of an app: electron <path>\\n')
  process.exit(2)
}
for (const preload of preloads) require(path.resolve(preload))
const folder = path.resolve(file)
const facts = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
app.setVersion(facts.version)
app.name = facts.productName ?? facts.name
app.setAppPath(folder)
Module._load(path.join(folder, facts.main ?? 'index.js'), Module, true)
`

export async function writeDefaultApp(file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'default-app-'))
  try {
    const source = join(folder, 'app')
    await mkdir(source)
    await writeFile(join(source, 'package.json'), JSON.stringify({ name: 'default-app', main: 'main.js' }))
    await writeFile(join(source, 'main.js'), program)
    await createPackage(source, file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
