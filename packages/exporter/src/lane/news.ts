import { nothingFetched, type Fetched, type ItemResult } from './lane-item.ts'
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
