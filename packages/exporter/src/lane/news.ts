import type { Fetched, ItemResult } from './lane-item.ts'
import type { FromLane } from './lane-messages.ts'

/** Gathers what a lane has to tell, so that a message takes everything of one turn of the event loop. */
export interface News {
  readonly fetched: (fetched: Fetched) => void
  result(result: ItemResult): void
  /** An item was cut short. */
  unfinished(id: number): void
  /** Tells what is left. */
  flush(): void
}

/** Makes news that are told by `post`. */
export function createNews(post: (message: FromLane) => void): News {
  let results: ItemResult[] = []
  let ids: number[] = []
  let fetched: Fetched = { byteLength: 0, frames: 0 }
  let isDue = false

  function flush(): void {
    isDue = false
    if (results.length > 0 || fetched.byteLength > 0 || fetched.frames > 0) post({ kind: 'news', results, fetched })
    if (ids.length > 0) post({ kind: 'unfinished', ids })
    results = []
    ids = []
    fetched = { byteLength: 0, frames: 0 }
  }

  /** Results do not wait; what was fetched is told with them, or when there is nothing else to do. */
  function due(): void {
    if (isDue) return
    isDue = true
    setImmediate(flush)
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
