import type { Fetched, ItemResult } from './lane-item.ts'
import type { FromLane } from './lane-messages.ts'

/** Gathers what a lane has to tell, so that a message takes what comes within a few milliseconds. */
export interface News {
  readonly fetched: (fetched: Fetched) => void
  result(result: ItemResult): void
  /** An item was cut short. */
  unfinished(id: number): void
  /** Tells what is left. */
  flush(): void
}

/** Results that do not wait for others. */
const mostResults = 16
/** A message costs both threads more than what it says: a few milliseconds bring together what is told of small files. */
const waitMs = 5

/** Makes news that are told by `post`. */
export function createNews(post: (message: FromLane) => void): News {
  let results: ItemResult[] = []
  let ids: number[] = []
  let fetched: Fetched = { byteLength: 0, frames: 0 }
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (results.length > 0 || fetched.byteLength > 0 || fetched.frames > 0) post({ kind: 'news', results, fetched })
    if (ids.length > 0) post({ kind: 'unfinished', ids })
    results = []
    ids = []
    fetched = { byteLength: 0, frames: 0 }
  }

  function due(): void {
    if (results.length >= mostResults) flush()
    else timer ??= setTimeout(flush, waitMs)
  }

  return {
    fetched({ byteLength, frames }) {
      fetched = { byteLength: fetched.byteLength + byteLength, frames: fetched.frames + frames }
      due()
    },
    result(result) {
      results.push(result)
      due()
    },
    unfinished(id) {
      ids.push(id)
      due()
    },
    flush,
  }
}
