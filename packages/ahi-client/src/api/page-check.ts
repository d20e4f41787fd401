import { hash } from 'node:crypto'

import { damaged } from '../answers/json-members.ts'
import type { Page } from '../service/json-operations.ts'

/** AHI's filters may leave some pages without items, but not this many in a row. */
const mostEmptyPages = 1000

/**
 * Returns the check that the pages of one list come to an end. It remembers each page that is good, and throws a
 * `ServiceFailure` for one that leads back to a page before it, or on to one more without items. A token may have 8,192
 * characters: a digest of each is kept.
 */
export function createPageCheck(): (page: Page<unknown>) => void {
  const seen = new Set<string>()
  let emptyPages = 0
  return ({ items, nextToken }) => {
    const isEmpty = items.length === 0
    if (nextToken !== undefined) {
      const digest = hash('sha256', nextToken, 'base64')
      if (seen.has(digest)) throw damaged('its page token leads back to an earlier page')
      if (isEmpty && emptyPages >= mostEmptyPages) throw damaged(`${mostEmptyPages} pages were empty`)
      seen.add(digest)
    }
    emptyPages = isEmpty ? emptyPages + 1 : 0
  }
}
