/** What is used here of mx-connect, which has no types of its own. */
declare module 'mx-connect' {
  import type { Socket } from 'node:net'

  export interface MxOptions {
    readonly target: string
    /** Looked up already. */
    readonly mx: readonly {
      readonly exchange: string
      readonly priority: number
      readonly A: readonly string[]
      readonly AAAA: readonly string[]
    }[]
    readonly port: number
    readonly maxConnectTime: number
    readonly ignoreMXHosts: readonly string[]
    readonly connectError: (error: Error, delivery: unknown, options: { readonly host: string }) => void
  }
  export interface Connected {
    readonly socket: Socket
    /** The exchanger's name. */
    readonly hostname: string
    /** Its address. */
    readonly host: string
  }
  export default function mxConnect(options: MxOptions): Promise<Connected>
}
