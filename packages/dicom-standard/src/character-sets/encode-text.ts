import { decodeCharacters, encodeChineseCharacters } from '#character-codecs'
import { codeTable, type CodeTable } from './code-tables.ts'
import { createCodeExtensionEncoder } from './encode-code-extensions.ts'
import { codeElements, definedTerm, registrationOf, wholeSets } from './registrations.ts'
import { romajiTable } from './romaji.ts'
import type { TextForm } from './text-form.ts'

/** Encodes text. Returns `undefined` if the set lacks a character. */
type TextEncoding = (text: string, form: TextForm) => Uint8Array | undefined

/** A way to write the text of a data set. */
export interface CharacterSetChoice {
  /** The value of SpecificCharacterSet to write. `undefined` if the data set must not have the element. */
  readonly terms: readonly string[] | undefined
  readonly encode: TextEncoding
  /**
   * True if the set has other characters in place of the tilde or the backslash of ASCII. Then ASCII text must be
   * encoded too.
   */
  readonly replacesAscii: boolean
}

/** ISO_IR 192, which has every character. */
const unicodeChoice: CharacterSetChoice = {
  terms: ['ISO_IR 192'],
  encode: (text) => utf8.encode(text),
  replacesAscii: false,
}

const utf8 = new TextEncoder()
const choicesByTerms = new Map<string, readonly CharacterSetChoice[]>()

/**
 * Returns the ways to write text under a SpecificCharacterSet, best first:
 *
 * 1. the given terms
 * 2. the defined terms that undefined ones ("ISO-IR 100") obviously mean, as soon as a character requires it
 * 3. ISO_IR 192, if the set lacks a character (PS3.3 C.12.1.1.2)
 *
 * @example
 * import { characterSetChoices } from '@ahi-dicom/dicom-standard/character-sets'
 *
 * const [asStated] = characterSetChoices(['ISO_IR 100'])
 * const bytes = asStated?.encode('Müller', { isPersonName: true, isSingleValued: false })
 * console.log(bytes?.length) // 6
 */
export function characterSetChoices(terms: readonly string[] | undefined): readonly CharacterSetChoice[] {
  const key = terms === undefined ? '-' : `+${terms.join('\\')}`
  const known = choicesByTerms.get(key)
  if (known !== undefined) return known
  const choices = makeChoices(terms)
  choicesByTerms.set(key, choices)
  return choices
}

function makeChoices(terms: readonly string[] | undefined): readonly CharacterSetChoice[] {
  const given = (terms ?? []).map((term) => term.trim())
  const defined = definedTerms(given)
  const encode = defined === undefined ? undefined : encodingOf(defined)
  const replacesAscii = registrationOf(defined?.[0] ?? '') === 13
  const asGiven = { terms, encode: encodeAsciiOnly, replacesAscii }
  if (defined === undefined || encode === undefined) return [asGiven, unicodeChoice]
  if (sameTerms(given, defined)) return [{ terms, encode, replacesAscii }, unicodeChoice]
  return [asGiven, { terms: defined, encode, replacesAscii }, unicodeChoice]
}

function encodeAsciiOnly(): undefined {
  return undefined
}

function sameTerms(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((term, index) => term === b[index])
}

/** Returns the terms as PS3.3 defines them. `undefined` if a term is unknown. */
function definedTerms(given: readonly string[]): readonly string[] | undefined {
  const terms = given.map(definedTerm)
  if (terms.includes(undefined)) return undefined
  const known = terms.filter((term) => term !== undefined)
  const whole = known.find((term) => wholeSets.has(term))
  if (whole !== undefined) return [whole]
  const [first, ...others] = known
  if (first === undefined) return []
  if (isMultiByte(first)) return ['', ...known.map(withCodeExtensions)]
  return others.length === 0 ? known : known.map(withCodeExtensions)
}

function isMultiByte(term: string): boolean {
  return codeElements.get(registrationOf(term))?.eucPrefix !== undefined
}

function withCodeExtensions(term: string): string {
  return term.replace('ISO_IR', 'ISO 2022 IR')
}

function encodingOf(terms: readonly string[]): TextEncoding | undefined {
  const [first = '', ...others] = terms
  if (first === 'ISO_IR 192') return unicodeChoice.encode
  if (first === 'GB18030' || first === 'GBK') return (text) => encodeChinese(text, first)
  if (others.length > 0 || first.startsWith('ISO 2022')) return createCodeExtensionEncoder(terms.map(registrationOf))
  if (first === '' || first === 'ISO_IR 6') return encodeAsciiOnly
  const element = codeElements.get(registrationOf(first))
  if (element === undefined) return undefined
  const table = codeTable(element)
  if (registrationOf(first) !== 13) return (text) => encodeSingleByte(text, table)
  const japanese = new Map([...table, ...romajiTable])
  return (text, form) => encodeJapanese(text, japanese, form)
}

/**
 * Encodes text in ISO-IR 13 and 14. The set has no backslash except as delimiter. In multi-valued text a yen sign would
 * be a delimiter.
 */
function encodeJapanese(text: string, table: CodeTable, { isSingleValued }: TextForm): Uint8Array | undefined {
  const misfit = isSingleValued ? /[~\\]/ : /[~\u00a5]/
  return misfit.test(text) ? undefined : encodeSingleByte(text, table)
}

function encodeSingleByte(text: string, table: CodeTable): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const byte = code < 0x80 ? code : table.get(text.charAt(index))?.[0]
    if (byte === undefined) return undefined
    bytes[index] = byte
  }
  return bytes
}

/** Characters with different codes in different editions of the standard or implementations. */
const editionDependent: Readonly<Record<'GB18030' | 'GBK', RegExp>> = {
  GB18030: /[\u1e3f\u9fb4-\u9fbb\ufe10-\ufe19\ue000-\uf8ff]/,
  GBK: /[\u20ac\ue000-\uf8ff]/,
}

/** Encodes text and decodes it again, because the encoder replaces characters that the set lacks. */
function encodeChinese(text: string, encoding: 'GB18030' | 'GBK'): Uint8Array | undefined {
  if (editionDependent[encoding].test(text)) return undefined
  const bytes = encodeChineseCharacters(text, encoding)
  return decodeCharacters(bytes, encoding) === text ? bytes : undefined
}
