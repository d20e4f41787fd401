import { wildcardMatches } from './wildcard.ts'

/**
 * Whether a person name matches a pattern: without regard to case, as a whole or by one of its component groups, trailing
 * empty components aside. `*` and `?` are wildcards. Fuzzily, every word of the pattern has to begin a word of the name,
 * accents aside.
 */
export function personNameMatches(name: string, pattern: string, isFuzzy: boolean): boolean {
  if (isFuzzy) {
    const words = wordsOf(name)
    return wordsOf(pattern).every((wanted) => words.some((word) => word.startsWith(wanted)))
  }
  const wanted = folded(pattern)
  return [name, ...name.split('=')].some((group) => wildcardMatches(folded(group), wanted))
}

function folded(group: string): string {
  return group
    .replace(/[\s^=]+$/, '')
    .normalize('NFC')
    .toLowerCase()
}

function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
  return plain.split(/[\s^=,.*?-]+/).filter((word) => word !== '')
}
