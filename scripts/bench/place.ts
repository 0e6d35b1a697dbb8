/** Where a measured relay runs, and what the benchmark must know to start it. */

export interface Place {
  /** Empty, on the disk that is measured. */
  readonly folder: string
  /** On 127.0.0.1, where it listens. */
  readonly port: number
  /** On 127.0.0.1, where everything goes. */
  readonly sinkPort: number
}

export interface Target {
  readonly name: string
  /** Lays it out; returns the command that runs it in the foreground, which with its children is all that is measured. */
  prepare(place: Place): Promise<readonly string[]>
  /** As in `Postfix 3.7.11`. */
  version(): Promise<string>
}
