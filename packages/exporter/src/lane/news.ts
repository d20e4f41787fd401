import { nothingFetched, type Fetched, type ItemResult } from './lane-item.ts'
import type { FromLane } from './lane-messages.ts'

/** Collects the results of a lane for a few milliseconds, and sends them in one message. */
export interface News {
  readonly fetched: (fetched: Fetched) => void
  result(result: ItemResult): void
  /** Notes that an item was aborted. */
  unfinished(id: number): void
  /** Sends everything collected. */
  flush(): void
}

/** The number of results that are sent without waiting. */
const mostResults = 16
/** Time to wait for more results. A message costs both threads more than its content, so small files share one. */
const waitMs = 5

/** Creates news that are sent by `post`. */
export function createNews(post: (message: FromLane) => void): News {
  let results: ItemResult[] = []
  let ids: number[] = []
  let fetched = nothingFetched
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (results.length > 0 || fetched !== nothingFetched) post({ kind: 'news', results, fetched })
    if (ids.length > 0) post({ kind: 'unfinished', ids })
    results = []
    ids = []
    fetched = nothingFetched
  }

  function due(): void {
    if (results.length >= mostResults) flush()
    else timer ??= setTimeout(flush, waitMs)
  }

  return {
    fetched({ byteLength, frames, decodedFrames, decodeMs }) {
      fetched = {
        byteLength: fetched.byteLength + byteLength,
        frames: fetched.frames + frames,
        decodedFrames: fetched.decodedFrames + decodedFrames,
        decodeMs: fetched.decodeMs + decodeMs,
      }
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
