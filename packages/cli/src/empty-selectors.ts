/** Returns true for the codes of selectors that match nothing or are malformed. */
export function isEmptySelector(code: string): boolean {
  return code === 'NOTHING_SELECTED' || code === 'SELECTOR_MALFORMED'
}
