import { latin1Bytes } from '@ahi-dicom/runtime'

/** The two characters in which the Latin part of JIS X 0201 differs from ASCII, by the character of ASCII. */
const romajiOfAscii: ReadonlyMap<string, string> = new Map([
  ['\\', '\u00a5'],
  ['~', '\u203e'],
])

/** Bytes of a yen sign and an overline. */
export const romajiTable: ReadonlyMap<string, Uint8Array> = new Map(
  [...romajiOfAscii].map(([character, romaji]) => [romaji, latin1Bytes(character)]),
)

/** True for a character of ASCII that JIS X 0201 does not have. */
export function isReplacedAscii(character: string): boolean {
  return romajiOfAscii.has(character)
}

/** Replaces what was decoded as ASCII by the characters of JIS X 0201, except for a backslash that delimits values. */
export function asRomaji(text: string, { hasDelimiter }: { readonly hasDelimiter: boolean }): string {
  const overlined = text.replaceAll('~', '\u203e')
  return hasDelimiter ? overlined : overlined.replaceAll('\\', '\u00a5')
}
