/** What a window had edited and not applied: kept in memory until the next window asks, gone when the app ends. */

export class KeptDraft {
  #draft: unknown = null

  /** Null where nothing is edited. */
  get draft(): unknown {
    return this.#draft
  }

  keep(draft: unknown): void {
    this.#draft = draft
  }
}
