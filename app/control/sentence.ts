/** A sentence: what went wrong, as a person reads it, without a stack trace. */

const system: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: path => `There is no ${path}; check the name.`,
  ENOTDIR: path => `A part of ${path} is not a folder; check the name.`,
  EISDIR: path => `${path} is a folder; name a file in it.`,
  EACCES: path => `There is no right to use ${path}; run the command as the user who owns it.`,
  EPERM: path => `There is no right to change ${path}; run the command as the user who owns it.`,
  EROFS: path => `The disk that holds ${path} can only be read; choose another place.`,
  EMFILE: () => 'Too many files are open; raise the limit of open files.',
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

/** What an unknown failure says, always one line and never empty; `name` for a file whose failure does not name it. */
export function sentenceOf(error: unknown, name?: string): string {
  if (isSystemError(error)) {
    const path = error.path ?? name
    // The system names no file when it fails to write to one.
    if (error.code === 'ENOSPC')
      return `The disk${path === undefined ? '' : ` that holds ${path}`} is full; make room on it.`
    const say = system[error.code]
    if (say && path !== undefined) return say(path)
  }
  const text = error instanceof Error ? error.message : String(error)
  const line = text.split(/[\r\n]/).find(part => part.trim() !== '')
  return line?.trim() ?? 'Something failed without saying why.'
}
