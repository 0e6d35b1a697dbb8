/** What is used here of mx-connect, which has no types of its own. */
declare module 'mx-connect' {
  import type { Socket } from 'node:net'

  export interface ConnectOptions {
    host: string
    port: number
    socket?: Socket
  }
  export interface MxOptions {
    readonly target: string
    readonly port: number
    readonly maxConnectTime: number
    readonly ignoreMXHosts: readonly string[]
    readonly dnsOptions: {
      readonly ignoreIPv6: boolean
      readonly preferIPv6: boolean
      readonly blockLocalAddresses: boolean
      readonly resolve: (name: string, ...rest: readonly unknown[]) => void
    }
    readonly connectError: (error: Error, delivery: unknown, options: ConnectOptions) => void
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
