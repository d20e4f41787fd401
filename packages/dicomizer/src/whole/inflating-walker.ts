import { createRawInflater, InflateError } from '@ahi-dicom/runtime'

import type { Part10Walker } from './part10-walker.ts'
import type { Fail } from './walk.ts'

/** A walker that inflates a deflated data set (PS3.5 A.5). */
export interface InflatingWalker {
  feed(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
}

/** Returns a walker that inflates a deflated data set before `walker` reads it. Inflated bytes are not kept. */
export function createInflatingWalker(walker: Part10Walker, fail: Fail): InflatingWalker {
  let inflater: InflatingWalker | undefined
  return {
    async feed(bytes) {
      if (inflater !== undefined) return inflater.feed(bytes)
      const deflated = walker.feed(bytes)
      if (deflated === undefined) return undefined
      inflater = createInflater(walker, fail)
      return inflater.feed(deflated)
    },
    async end() {
      await inflater?.end()
      walker.end()
    },
  }
}

function createInflater(walker: Part10Walker, fail: Fail): InflatingWalker {
  const inflater = createRawInflater((bytes) => void walker.feed(bytes))
  const failOn = (error: unknown): never => {
    if (error instanceof InflateError) return fail('its deflated data set cannot be inflated')
    throw error
  }
  return { feed: (bytes) => inflater.feed(bytes).catch(failOn), end: () => inflater.end().catch(failOn) }
}
