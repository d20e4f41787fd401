import { wildcardMatches } from './wildcard.ts'

/** Returns true if a name matches. */
type NameMatch = (name: string) => boolean

/** The matcher of the last pattern. A search tests one pattern against many names. */
let last: { readonly pattern: string; readonly isFuzzy: boolean; readonly matches: NameMatch } | undefined

/**
 * Returns true if a person name, or one of its component groups, matches a pattern. Case and trailing empty components
 * are ignored. `*` and `?` are wildcards. With `isFuzzy`, every word of the pattern must begin a word of the name, and
 * accents are ignored.
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
