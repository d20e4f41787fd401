/** Whether a text matches a pattern of `*` (any characters) and `?` (any one), in time that grows with both lengths. */
export function wildcardMatches(text: string, pattern: string): boolean {
  let textIndex = 0
  let patternIndex = 0
  /** Where the last `*` is, and how much of the text it has taken. */
  let star = -1
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
