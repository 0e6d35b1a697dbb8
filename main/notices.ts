/** The desktop's notifications: one is shown, and a click on it opens the page that it is about. */
import { Notification } from 'electron'

export class Notices {
  readonly #open: (page: string) => void
  /** Kept, or the click on one that was collected would be lost. */
  readonly #shown = new Set<Notification>()

  constructor(open: (page: string) => void) {
    this.#open = open
  }

  /** Nothing is shown where the desktop can't. */
  show(body: string): void {
    if (!Notification.isSupported()) return
    const notification = new Notification({ title: 'Postern', body })
    this.#shown.add(notification)
    const forget = () => this.#shown.delete(notification)
    notification.on('close', forget)
    notification.on('failed', forget)
    notification.on('click', () => {
      forget()
      this.#open(/\bheld\b/.test(body) ? 'queue' : 'status')
    })
    notification.show()
  }
}
