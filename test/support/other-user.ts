/** Another user of this machine, without any rights: what that one can read, write and reach. Needs root. */
import type { Ending } from './ending.ts'
import { type Exit, type Process, runProcess, startProcess } from './process.ts'

/** Debian's `nobody`. */
export const OTHER = 65534

const become = ['setpriv', `--reuid=${OTHER}`, `--regid=${OTHER}`, '--clear-groups']

/** Runs a program as that user, to its end. */
export function asOther(test: Ending, ...command: readonly string[]): Promise<Exit> {
  return runProcess(test, [...become, ...command], { cwd: '/' })
}

export function startAsOther(test: Ending, ...command: readonly string[]): Promise<Process> {
  return startProcess(test, [...become, ...command], { cwd: '/' })
}

/** Which of these paths that user can list, read or write, each with its right, as in `read /x/y`. */
export async function reachable(test: Ending, paths: readonly string[]): Promise<readonly string[]> {
  const script =
    'for path do [ -r "$path" ] && echo "read $path"; [ -w "$path" ] && echo "write $path"; done; true'
  const { stdout } = await asOther(test, '/bin/sh', '-c', script, 'probe', ...paths)
  return stdout.split('\n').filter(line => line !== '')
}

/** Whether that user gets a connection to a Unix socket. */
export async function connects(test: Ending, socket: string): Promise<boolean> {
  const script =
    'use IO::Socket::UNIX; exit(IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $ARGV[0]) ? 0 : 1)'
  const { code } = await asOther(test, '/usr/bin/perl', '-e', script, socket)
  return code === 0
}
