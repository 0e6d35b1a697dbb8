/** The window's language, in place of react-aria's: its words are English wherever it runs, and Chromium needn't say what others there are. */

const english = { locale: 'en', direction: 'ltr' } as const

export function useDefaultLocale(): typeof english {
  return english
}
