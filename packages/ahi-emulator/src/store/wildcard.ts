/**
 * Returns true if a text matches a pattern with `*` (any characters) and `?` (one character). Takes time in proportion
 * to the product of both lengths at most.
 */
export function wildcardMatches(text: string, pattern: string): boolean {
  let textIndex = 0
  let patternIndex = 0
  /** Position of the last `*`. */
  let star = -1
  /** End of the text that the last `*` has matched. */
  let taken = 0
  while (textIndex < text.length) {
    const wanted = pattern[patternIndex]
    if (wanted === '*') {
      star = patternIndex++
      taken = textIndex
    } else if (wanted === '?' || wanted === text[textIndex]) {
      textIndex += 1
      patternIndex += 1
    } else if (star >= 0) {
      patternIndex = star + 1
      textIndex = ++taken
    } else {
      return false
    }
  }
  return /^\**$/.test(pattern.slice(patternIndex))
}
