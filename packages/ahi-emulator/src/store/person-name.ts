import { wildcardMatches } from './wildcard.ts'

/** Tells whether a name matches. */
type NameMatch = (name: string) => boolean

/** A search asks for one pattern, of one name after the other. */
let last: { readonly pattern: string; readonly isFuzzy: boolean; readonly matches: NameMatch } | undefined

/**
 * Whether a person name matches a pattern: without regard to case, as a whole or by one of its component groups, trailing
 * empty components aside. `*` and `?` are wildcards. Fuzzily, every word of the pattern has to begin a word of the name,
 * accents aside.
 */
export function personNameMatches(name: string, pattern: string, isFuzzy: boolean): boolean {
  if (last?.pattern !== pattern || last.isFuzzy !== isFuzzy) {
    last = { pattern, isFuzzy, matches: isFuzzy ? fuzzyMatch(pattern) : wildcardMatch(pattern) }
  }
  return last.matches(name)
}

function wildcardMatch(pattern: string): NameMatch {
  const wanted = folded(pattern)
  return (name) => {
    if (wildcardMatches(folded(name), wanted)) return true
    return name.includes('=') && name.split('=').some((group) => wildcardMatches(folded(group), wanted))
  }
}

function fuzzyMatch(pattern: string): NameMatch {
  const wanted = wordsOf(pattern)
  return (name) => {
    const words = wordsOf(name)
    return wanted.every((start) => words.some((word) => word.startsWith(start)))
  }
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
