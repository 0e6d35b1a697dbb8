/** The room the benchmark runs in: a network and processes of its own, all of which end with it. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'

const inside = 'POSTERN_BENCH_FOLDER'

/** The benchmark's folder when this process runs inside; undefined outside. */
export function enclosedFolder(): string | undefined {
  const folder = process.env[inside]
  if (folder === undefined) return undefined
  // The outer process holds our standard input: when it goes, however it goes, all ends here.
  process.stdin.on('close', () => {
    // The first process of its namespace reaches only those in it.
    if (process.pid === 1) process.kill(-1, 'SIGKILL')
    removeFolder(folder)
    process.exit(1)
  })
  process.stdin.resume()
  return folder
}

/** Also while a relay that was killed a moment ago still holds it. */
function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
}

/** A sentence about what is missing to run it here; undefined when all is there. */
export function missing(tools: readonly string[]): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'The benchmark needs root on Linux, for a network of its own: run `sudo npm run bench`.'
  }
  const absent = tools.filter(tool => spawnSync('sh', ['-c', 'command -v "$0"', tool]).status !== 0)
  if (absent.length === 0) return undefined
  return `The benchmark needs ${absent.join(', ')}: run \`apt-get install postfix iproute2 strace\`.`
}

/**
 * smtp-source leaves Nagle's algorithm on: where the kernel delays its acknowledgements, one session measures those
 * delays and not the relay. Routes with quickack end that, without touching the machine's own network.
 */
const room = `ip link set lo up
for net in 127.0.0.0/8 127.0.0.1; do
  ip route replace local $net dev lo table local proto kernel scope host src 127.0.0.1 quickack 1
done
exec "$@"`

/** Runs the same command inside; its exit code. The folder is on a disk, and gone afterwards. */
export async function enclose(limit: number): Promise<number> {
  // Not the system's folder for temporary files: that may be memory.
  const folder = mkdtempSync('/var/tmp/postern-bench-')
  const own = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const namespaces = ['--net', '--pid', '--fork', '--mount-proc', '--kill-child']
  const child = spawn('unshare', [...namespaces, 'sh', '-ec', room, 'sh', ...own], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...process.env, [inside]: folder },
    timeout: limit,
    killSignal: 'SIGKILL',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => child.kill('SIGKILL'))
  const code = await new Promise<number>(resolve => {
    child.on('error', () => resolve(1))
    child.on('close', ended => resolve(ended ?? 1))
  })
  removeFolder(folder)
  return code
}
