import { decodeCharacters } from '#character-codecs'
import type { CodeElement } from './registrations.ts'

/** Returns the character of two bytes of a two-byte set, in GL or GR. */
export function decodeTwoBytes(bytes: Uint8Array, { encoding, eucPrefix = [], corrections }: CodeElement): string {
  const character = decodeCharacters(Uint8Array.from([...eucPrefix, ...bytes.map((code) => code | 0x80)]), encoding)
  return corrections?.get(character) ?? character
}
