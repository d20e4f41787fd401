/** Returns whether a failure of this code is that of a selector that names nothing, or is none. */
export function isEmptySelector(code: string): boolean {
  return code === 'NOTHING_SELECTED' || code === 'SELECTOR_MALFORMED'
}
