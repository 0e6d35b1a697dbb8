/** The address of a data folder's control socket. */
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing NUL included; a longer one is cut silently. */
const longest = 103

/** A socket in the folder, or on Windows a named pipe. Throws where the path is too long for a socket. */
export function controlAddress(folder: string, platform: NodeJS.Platform = process.platform): string {
  const path = resolve(folder)
  if (platform === 'win32') return `\\\\.\\pipe\\postern-${digest(path.toLowerCase())}`
  const socket = join(path, 'control.sock')
  if (Buffer.byteLength(socket) > longest) {
    throw new Error(`The data folder's path ${path} is too long for a socket in it; choose a shorter path.`)
  }
  return socket
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
