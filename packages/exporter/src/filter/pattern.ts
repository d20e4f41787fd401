/** A part of a pattern: one character, any one character, or any number of characters. */
type PatternPart = { readonly character: string } | 'one' | 'any'

/** A pattern for a whole text. */
export type Pattern = readonly PatternPart[]

/** Returns the pattern that matches only this text. */
export function literalPattern(text: string): Pattern {
  return Array.from(text, (character) => ({ character }))
}

/** Returns the only text that matches a pattern, or undefined if the pattern has wildcards. */
export function literalText(pattern: Pattern): string | undefined {
  let text = ''
  for (const part of pattern) {
    if (typeof part === 'string') return undefined
    text += part.character
  }
  return text
}

/** Returns true if the whole text matches. Takes at most time proportional to the product of both lengths. */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const characters = Array.from(text)
  let at = 0
  let part = 0
  /** Where to continue if the parts after the last `any` do not match. `any` then takes one more character. */
  let retry: { readonly part: number; at: number } | undefined
  while (at < characters.length) {
    const expected = pattern[part]
    if (expected === 'any') {
      retry = { part: (part += 1), at }
    } else if (expected === 'one' || expected?.character === characters[at]) {
      part += 1
      at += 1
    } else if (retry !== undefined) {
      at = retry.at += 1
      part = retry.part
    } else {
      return false
    }
  }
  return pattern.slice(part).every((rest) => rest === 'any')
}

/**
 * Parses a list of patterns such as `CT,M*,"Smith, J"`. `*` stands for any number of characters, `?` for one. In
 * quotation marks, all characters are literal, and `""` stands for `"`. Returns undefined if a quotation mark is not
 * closed.
 */
export function parsePatterns(text: string): readonly Pattern[] | undefined {
  const patterns: PatternPart[][] = [[]]
  const characters = Array.from(text)
  let isQuoted = false
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? ''
    if (character === '"') {
      if (isQuoted && characters[index + 1] === '"') index += 1
      else {
        isQuoted = !isQuoted
        continue
      }
    } else if (!isQuoted && character === ',') {
      patterns.push([])
      continue
    }
    patterns.at(-1)?.push(isQuoted ? { character } : (wildcards.get(character) ?? { character }))
  }
  if (isQuoted) return undefined
  return patterns.map((parts) => withoutRepeatedAny(trimmed(parts)))
}

const wildcards: ReadonlyMap<string, PatternPart> = new Map([
  ['*', 'any'],
  ['?', 'one'],
])

/** Removes spaces around a pattern. DICOM ignores them around values, too. */
function trimmed(parts: Pattern): Pattern {
  const first = parts.findIndex(isKept)
  return first === -1 ? [] : parts.slice(first, parts.findLastIndex(isKept) + 1)
}

function isKept(part: PatternPart): boolean {
  return typeof part === 'string' || part.character.trim() !== ''
}

function withoutRepeatedAny(pattern: Pattern): Pattern {
  return pattern.filter((part, index) => part !== 'any' || pattern[index - 1] !== 'any')
}

/** Returns patterns in the form that {@link parsePatterns} reads. */
export function formatPatterns(patterns: readonly Pattern[]): string {
  return patterns.map(formatPattern).join(',')
}

function formatPattern(pattern: Pattern): string {
  let text = ''
  let literal = ''
  for (const part of pattern) {
    if (typeof part !== 'string') literal += part.character
    else {
      text += quoted(literal) + (part === 'any' ? '*' : '?')
      literal = ''
    }
  }
  return text + quoted(literal)
}

function quoted(literal: string): string {
  return /[",*?]|^\s|\s$/.test(literal) ? `"${literal.replaceAll('"', '""')}"` : literal
}
