import { createRequire } from 'node:module'

import type iconv from 'iconv-lite'
import type { CodeElement } from './registrations.ts'

let loaded: typeof iconv | undefined

/** iconv-lite, loaded when text is first read, or written in something else than ASCII and UTF-8. */
export function iconvLite(): typeof iconv {
  loaded ??= load()
  return loaded
}

function load(): typeof iconv {
  const module: typeof iconv = createRequire(import.meta.url)('iconv-lite')
  return module
}

/** Returns the character of two bytes, of GL or GR, in a set of characters of two. */
export function decodeTwoBytes(bytes: Uint8Array, { encoding, eucPrefix = [], corrections }: CodeElement): string {
  const character = iconvLite().decode(Uint8Array.from([...eucPrefix, ...bytes.map((code) => code | 0x80)]), encoding)
  return corrections?.get(character) ?? character
}
