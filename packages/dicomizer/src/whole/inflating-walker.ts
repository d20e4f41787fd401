import { finished } from 'node:stream/promises'
import { createInflateRaw } from 'node:zlib'

import type { Part10Walker } from './part10-walker.ts'
import type { Fail } from './walk.ts'

/** A walker that inflates a deflated data set (PS3.5 A.5) by itself. */
export interface InflatingWalker {
  feed(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
}

/** Makes one. What is inflated is walked through at once and not kept. */
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
  const inflate = createInflateRaw()
  let raise: (() => never) | undefined
  inflate.on('data', (bytes: Uint8Array) => {
    try {
      if (raise === undefined) walker.feed(bytes)
    } catch (error) {
      raise = () => {
        throw error
      }
    }
  })
  const closed = finished(inflate).catch(() => {
    raise ??= () => fail('its deflated data set cannot be inflated')
  })
  return {
    async feed(bytes) {
      const written = new Promise<void>((resolve) => inflate.write(bytes, () => resolve()))
      // Of what cannot be inflated it does not say that it was written.
      await Promise.race([written, closed])
      raise?.()
    },
    async end() {
      inflate.end()
      await closed
      raise?.()
    },
  }
}
