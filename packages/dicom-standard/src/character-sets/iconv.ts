import { createRequire } from 'node:module'

import type iconv from 'iconv-lite'

let loaded: typeof iconv | undefined

/** Returns iconv-lite. It is loaded when text is first decoded, or encoded in a set other than ASCII and UTF-8. */
function iconvLite(): typeof iconv {
  loaded ??= load()
  return loaded
}

function load(): typeof iconv {
  const module: typeof iconv = createRequire(import.meta.url)('iconv-lite')
  return module
}

/** Decodes bytes. Bytes without a character in the encoding become U+FFFD. */
export function decodeCharacters(bytes: Uint8Array, encoding: string): string {
  return iconvLite().decode(bytes, encoding)
}

/** Encodes text in GB18030 or GBK. Characters that the set lacks are replaced. */
export function encodeChineseCharacters(text: string, encoding: 'GB18030' | 'GBK'): Uint8Array {
  return iconvLite().encode(text, encoding)
}
