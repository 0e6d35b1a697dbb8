/** The pages of sign-ins that the window began: opened in the system's browser, and none but those. */
import type { Control, SignInBegun } from '../app/control/control.ts'

export interface SignInPagesParts {
  readonly begin: Control['beginSignIn']
  /** In the system's browser. */
  readonly openExternal: (url: string) => Promise<void>
}

export class SignInPages {
  readonly #parts: SignInPagesParts
  #begun: SignInBegun | undefined

  constructor(parts: SignInPagesParts) {
    this.#parts = parts
  }

  async begin(...asked: Parameters<Control['beginSignIn']>): Promise<SignInBegun> {
    this.#begun = undefined
    this.#begun = await this.#parts.begin(...asked)
    return this.#begun
  }

  /** The page comes from the provider: nothing but a web page is opened. Rejects with a sentence. */
  async open(id: string): Promise<void> {
    const { page } = this.#of(id)
    if (!isWebPage(page))
      throw new Error('The provider names a page that is no https address: it is not opened.')
    await this.#parts.openExternal(page)
  }

  #of(id: string): SignInBegun {
    if (this.#begun?.id !== id) throw new Error('That sign-in is over: begin it again.')
    return this.#begun
  }
}

/** Without TLS only on this machine. */
export function isWebPage(page: string): boolean {
  if (!URL.canParse(page)) return false
  const { protocol, hostname } = new URL(page)
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(hostname))
}
