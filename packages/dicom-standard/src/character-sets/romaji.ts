import { latin1Bytes } from '@ahi-dicom/runtime'

/** The two characters of the Latin part of JIS X 0201 that differ from ASCII, by the ASCII character. */
const romajiOfAscii: ReadonlyMap<string, string> = new Map([
  ['\\', '\u00a5'],
  ['~', '\u203e'],
])

/** Bytes of the yen sign and of the overline. */
export const romajiTable: ReadonlyMap<string, Uint8Array> = new Map(
  [...romajiOfAscii].map(([character, romaji]) => [romaji, latin1Bytes(character)]),
)

/** True for a character of ASCII that JIS X 0201 lacks. */
export function isReplacedAscii(character: string): boolean {
  return romajiOfAscii.has(character)
}

/**
 * Replaces characters that were decoded as ASCII by the characters of JIS X 0201, except a backslash that delimits
 * values.
 */
export function asRomaji(text: string, { hasDelimiter }: { readonly hasDelimiter: boolean }): string {
  const overlined = text.replaceAll('~', '\u203e')
  return hasDelimiter ? overlined : overlined.replaceAll('\\', '\u00a5')
}
