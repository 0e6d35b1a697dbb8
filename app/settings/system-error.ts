/** An error of the system: its code, and in a few words. */

/** The system's code, as in `ENOENT`; empty where there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** The system's error in a few words, without its stack. */
export function errorText(error: unknown): string {
  const known: Readonly<Record<string, string>> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EACCES: 'this user has no rights to it',
    EPERM: 'this user has no rights to it',
    EROFS: 'the disk is read-only',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is no folder',
    EIO: 'the disk reports an error',
  }
  return known[errorCode(error)] ?? (error instanceof Error ? error.message : String(error))
}
