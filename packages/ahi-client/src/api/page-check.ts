import { hash } from 'node:crypto'

import { damaged } from '../answers/json-members.ts'
import type { Page } from '../service/json-operations.ts'

/** Most empty pages in a row. AHI's filters may leave some pages empty, but not this many. */
const mostEmptyPages = 1000

/**
 * Returns a check of the pages of one list, so that the list always ends. The check throws a `ServiceFailure` if a
 * token leads back to an earlier page, or after too many empty pages. It keeps a digest of each token, because a token
 * may have 8,192 characters.
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
