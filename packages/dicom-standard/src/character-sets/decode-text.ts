import { decodeCharacters } from '#character-codecs'
import { decodeCodeExtensions, type Designations } from './decode-code-extensions.ts'
import { asRomaji } from './romaji.ts'
import { ascii, codeElements, definedTerm, jisRomaji, latin1, registrationOf, wholeSets } from './registrations.ts'

/** Decodes the bytes of text values to Unicode. */
export interface TextDecoding {
  /**
   * Decodes one value field.
   *
   * @param delimiters characters, besides control characters, that end code extensions (PS3.5 6.1.2.5.3): the value
   * delimiter `\`, and `^` and `=` in a PN
   */
  decode(bytes: Uint8Array, delimiters: string): string
}

const decodings = new Map<string, TextDecoding>()

/**
 * Returns the decoding for the terms of Specific Character Set (0008,0005). Terms are read leniently (`ISO-IR 100`,
 * `UTF-8`). Bytes above 127 count as ISO 8859-1 if the terms are empty or unknown.
 *
 * @example
 * import { textDecoding } from '@ahi-dicom/dicom-standard/character-sets'
 *
 * const cyrillic = textDecoding(['ISO_IR 144'])
 * console.log(cyrillic.decode(Uint8Array.of(0xbb), '')) // Л
 */
export function textDecoding(specificCharacterSet: readonly string[]): TextDecoding {
  const key = specificCharacterSet.join('\\')
  const known = decodings.get(key)
  if (known !== undefined) return known
  const decoding = makeDecoding(specificCharacterSet.map((term) => definedTerm(term) ?? ''))
  decodings.set(key, decoding)
  return decoding
}

/**
 * Creates the decoding of defined terms. UTF-8, GB18030 and GBK cannot be combined. Several terms mean ISO 2022,
 * whatever their prefix.
 */
function makeDecoding(terms: readonly string[]): TextDecoding {
  const [first = ''] = terms
  const whole = wholeSets.get(first)
  if (whole !== undefined) return { decode: (bytes) => decodeCharacters(bytes, whole) }
  const initial = initialDesignations(registrationOf(first))
  if (terms.length > 1 || first.startsWith('ISO 2022')) {
    return { decode: (bytes, delimiters) => decodeCodeExtensions(bytes, initial, delimiters) }
  }
  const { encoding } = initial.g1
  if (initial.g0 !== jisRomaji) return { decode: (bytes) => decodeCharacters(bytes, encoding) }
  return {
    decode: (bytes, delimiters) =>
      asRomaji(decodeCharacters(bytes, encoding), { hasDelimiter: delimiters.includes('\\') }),
  }
}

/** Returns the sets in G0 and G1 before the first escape sequence, which the first term defines (PS3.5 6.1.2.5.3). */
function initialDesignations(registration: number): Designations {
  const element = codeElements.get(registration)
  const isSingleByte = element?.area === 'g1' && element.eucPrefix === undefined
  return { g0: registration === 13 ? jisRomaji : ascii, g1: isSingleByte ? element : latin1 }
}
