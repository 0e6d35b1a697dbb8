/** The plan of `npm run dist`: which packages can be built on this machine, and for the others a sentence why not. */

export const packages = ['deb', 'tar.gz', 'AppImage', 'nsis', 'dmg'] as const
export type Package = (typeof packages)[number]

/** What there is on the machine. */
export interface Place {
  readonly platform: NodeJS.Platform
  /** Whether GitHub answers, which has electron-builder's tools and the official Electron. */
  readonly isGitHubThere: boolean
  /** The path of Debian's `7zz`. */
  readonly sevenZip: string | undefined
  readonly hasDpkg: boolean
}

export interface Plan {
  readonly built: readonly Package[]
  readonly sentences: readonly string[]
}

export function planOf(asked: readonly Package[], place: Place): Plan {
  const reasons = asked.map(name => [name, obstacle(name, place)] as const)
  return {
    built: reasons.flatMap(([name, reason]) => (reason === undefined ? [name] : [])),
    sentences: reasons.flatMap(([name, reason]) =>
      reason === undefined ? [] : [`No ${name} is built: ${reason}.`],
    ),
  }
}

function obstacle(name: Package, { platform, isGitHubThere, sevenZip, hasDpkg }: Place): string | undefined {
  const far = (tool: string) => (isGitHubThere ? undefined : `${tool} on GitHub, which doesn't answer`)
  switch (name) {
    case 'dmg':
      return platform === 'darwin' ? far('Electron is') : 'only a Mac has the tools for it'
    case 'nsis':
      return far('Electron for Windows and the tools of NSIS are')
    default:
      if (platform === 'win32') return 'it is built on Linux or a Mac'
      if (name === 'AppImage') return far('the tools for it are')
      if (name === 'deb')
        return hasDpkg ? undefined : far("there is no dpkg-deb here, and electron-builder's tool is")
      return sevenZip === undefined ? far('there is no 7zz here (Debian: 7zip), and another is') : undefined
  }
}
