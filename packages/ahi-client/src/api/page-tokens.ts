import { hash } from 'node:crypto'

import { damaged } from '../answers/json-members.ts'
import type { Page } from '../service/json-operations.ts'

/** Watches that the pages of a list come to an end. */
export interface PageTokens {
  /** @throws a `ServiceFailure` for a page that leads back to one before it, or on to one more without items */
  check(page: Page<unknown>): void
  /** Remembers a page that is good. */
  take(page: Page<unknown>): void
}

/** AHI's filters may leave some pages without items, but not this many in a row. */
const mostEmptyPages = 1000

/** Makes the watch of one list. A token may have 8,192 characters: a digest of each is kept. */
export function createPageTokens(): PageTokens {
  const seen = new Set<string>()
  let emptyPages = 0
  return {
    check: ({ items, nextToken }) => {
      if (nextToken === undefined) return
      if (seen.has(digestOf(nextToken))) throw damaged('its page token leads back to an earlier page')
      if (items.length === 0 && emptyPages >= mostEmptyPages) throw damaged(`${mostEmptyPages} pages were empty`)
    },
    take: ({ items, nextToken }) => {
      if (nextToken !== undefined) seen.add(digestOf(nextToken))
      emptyPages = items.length === 0 ? emptyPages + 1 : 0
    },
  }
}

function digestOf(token: string): string {
  return hash('sha256', token, 'base64')
}
