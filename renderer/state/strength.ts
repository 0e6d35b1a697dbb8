/** How hard a password is to guess: a rough measure for who chooses one. */

export interface Strength {
  readonly level: 0 | 1 | 2 | 3
  /** What it is, and what would make it better. */
  readonly words: string
}

const known = [
  'password',
  'passwort',
  'qwerty',
  'letmein',
  'welcome',
  'admin',
  'secret',
  'office',
  '12345',
  'abc123',
]

export function strengthOf(password: string, name: string): Strength {
  const plain = password.toLowerCase()
  if (password.length < 8)
    return { level: 0, words: 'Too short: use at least 8 signs, better three or four words.' }
  if (name.length > 2 && plain.includes(name.toLowerCase()))
    return { level: 0, words: 'It holds the user’s name, which is guessed first.' }
  if (known.some(word => plain.includes(word)))
    return { level: 0, words: 'It holds one of the words that are guessed first.' }
  if (new Set(plain).size < 5)
    return { level: 0, words: 'The same few signs again and again are guessed first.' }
  const bits = password.length * Math.log2(alphabetOf(password))
  if (bits < 50)
    return { level: 1, words: 'Weak: make it longer, three or four words that don’t belong together.' }
  if (bits < 72) return { level: 2, words: 'Good.' }
  return { level: 3, words: 'Very good.' }
}

function alphabetOf(password: string): number {
  const kinds: readonly (readonly [RegExp, number])[] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[^A-Za-z\d]/, 20],
  ]
  return kinds.reduce((sum, [kind, size]) => (kind.test(password) ? sum + size : sum), 0)
}
