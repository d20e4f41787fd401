import { createRequire } from 'node:module'

import type iconv from 'iconv-lite'

let loaded: typeof iconv | undefined

/** iconv-lite, loaded when text is first written in something else than ASCII and UTF-8. */
export function iconvLite(): typeof iconv {
  loaded ??= load()
  return loaded
}

function load(): typeof iconv {
  const module: typeof iconv = createRequire(import.meta.url)('iconv-lite')
  return module
}
