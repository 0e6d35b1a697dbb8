/** The requests of the window: taken from its own page only, and answered from one table. */
import { ipcMain, type WebFrameMain } from 'electron'
import { sentenceOf } from '../app/control/sentence.ts'
import { isOwnPage } from './protocol.ts'

/** What crosses to the preload: Electron would put words of its own before an error's. */
export type Answered =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly sentence: string }

/** Answers one request, of which nothing is checked yet. */
export type Answer = (name: unknown, args: unknown) => Promise<unknown>

/** What is asked before there is who answers waits. */
export function answerWindow(answering: Promise<Answer>): void {
  ipcMain.handle('ask', async (event, name: unknown, args: unknown): Promise<Answered> => {
    if (!isTrusted(event.senderFrame))
      return { ok: false, sentence: 'Only the window of Postern is answered.' }
    try {
      const answer = await answering
      return { ok: true, value: await answer(name, args) }
    } catch (error) {
      return { ok: false, sentence: sentenceOf(error) }
    }
  })
}

/** The top frame, showing our own page. */
function isTrusted(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOwnPage(frame.url)
}
