/** The spool's limits: how far it grows before it is cleared, in bytes. */

export interface SpoolLimits {
  /** A segment is closed when it has grown to this. */
  readonly segmentBytes: number
  /** Dead bytes are cleared away once they outweigh the living by this much. */
  readonly slackBytes: number
  /** Content kept in memory for first attempts. */
  readonly freshBytes: number
}

/** Segments are small enough that emptied ones go soon. */
export const SPOOL_LIMITS: SpoolLimits = {
  segmentBytes: 32 * 1024 ** 2,
  slackBytes: 64 * 1024 ** 2,
  freshBytes: 16 * 1024 ** 2,
}
