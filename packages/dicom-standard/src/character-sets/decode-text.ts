import { decodeCharacters } from '#character-codecs'
import { decodeCodeExtensions, type Designations } from './decode-code-extensions.ts'
import { asRomaji } from './romaji.ts'
import { ascii, codeElements, definedTerm, jisRomaji, latin1, registrationOf, wholeSets } from './registrations.ts'

/** Turns the bytes of a text value into Unicode. */
export interface TextDecoding {
  /**
   * @param delimiters characters besides the control ones at which code extensions end (PS3.5 6.1.2.5.3): the value
   *   delimiter `\`, and `^` and `=` in a PN
   */
  decode(bytes: Uint8Array, delimiters: string): string
}

const decodings = new Map<string, TextDecoding>()

/**
 * The decoding that Specific Character Set (0008,0005) names. Terms are read leniently (`ISO-IR 100`, `UTF-8`); bytes
 * above 127 of the default repertoire, and of terms that do not exist, are taken for ISO 8859-1.
 */
export function textDecoding(specificCharacterSet: readonly string[]): TextDecoding {
  const key = specificCharacterSet.join('\\')
  const known = decodings.get(key)
  if (known !== undefined) return known
  const decoding = makeDecoding(specificCharacterSet.map((term) => definedTerm(term) ?? ''))
  decodings.set(key, decoding)
  return decoding
}

/** UTF-8, GB18030 and GBK stand alone; a set of several terms is ISO 2022 whatever prefix the terms have. */
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

/** What G0 and G1 hold before the first escape sequence: the set of the first term (PS3.5 6.1.2.5.3). */
function initialDesignations(registration: number): Designations {
  const element = codeElements.get(registration)
  const isSingleByte = element?.area === 'g1' && element.eucPrefix === undefined
  return { g0: registration === 13 ? jisRomaji : ascii, g1: isSingleByte ? element : latin1 }
}
