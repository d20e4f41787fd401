import { createRequire } from 'node:module'

import type iconv from 'iconv-lite'

let loaded: typeof iconv | undefined

/** iconv-lite, loaded when text is first read, or written in something else than ASCII and UTF-8. */
function iconvLite(): typeof iconv {
  loaded ??= load()
  return loaded
}

function load(): typeof iconv {
  const module: typeof iconv = createRequire(import.meta.url)('iconv-lite')
  return module
}

/** Returns the text of bytes, with U+FFFD for what the encoding does not have. */
export function decodeCharacters(bytes: Uint8Array, encoding: string): string {
  return iconvLite().decode(bytes, encoding)
}

/** Returns the bytes of text in GB18030 or GBK, with others for what does not fit. */
export function encodeChineseCharacters(text: string, encoding: 'GB18030' | 'GBK'): Uint8Array {
  return iconvLite().encode(text, encoding)
}
