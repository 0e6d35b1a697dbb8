/** What the tests use of oidc-provider, which brings no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Grant {
    addOIDCScope(scope: string): void
    save(): Promise<string>
    destroy(): Promise<void>
  }

  interface Context {
    readonly path: string
    readonly method: string
    body: unknown
    readonly oidc?: {
      readonly params?: Readonly<Record<string, unknown>>
      readonly session: { readonly accountId: string }
      readonly client: { readonly clientId: string }
    }
  }

  export default class Provider {
    constructor(issuer: string, configuration: object)
    readonly Grant: {
      new (facts: { accountId: string; clientId: string }): Grant
      find(id: string): Promise<Grant | undefined>
    }
    readonly AccessToken: {
      find(
        token: string,
      ): Promise<
        { readonly accountId: string; readonly isValid: boolean; destroy(): Promise<void> } | undefined
      >
    }
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void
    on(name: string, listener: (...args: unknown[]) => void): void
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{
      readonly prompt: {
        readonly name: string
        readonly details: { readonly missingOIDCScope?: readonly string[] }
      }
      readonly params: { readonly client_id: string }
      readonly session?: { readonly accountId: string }
    }>
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  }
}
