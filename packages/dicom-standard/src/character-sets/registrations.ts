/** A character set that an escape sequence designates to G0 or G1 (PS3.3 Tables C.12-3 and C.12-4). */
export interface CodeElement {
  readonly area: 'g0' | 'g1'
  /** Escape sequence without the ESC byte. */
  readonly escape: string
  /** Name in iconv-lite of an encoding with the codes of the set. */
  readonly encoding: string
  /** For a two-byte set in an EUC encoding: the bytes before the two bytes of each character. */
  readonly eucPrefix?: readonly number[]
  /** Maps characters of the encoding to characters of the standard where they differ. */
  readonly corrections?: ReadonlyMap<string, string>
  /** Characters that are read but not written. */
  readonly notWritten?: string
}

/** G0 of terms that are not Japanese. */
export const ascii: CodeElement = { area: 'g0', escape: '(B', encoding: 'ascii' }
/**
 * JIS X 0201, Latin part: ISO-IR 14, the G0 of ISO-IR 13. No term names it. It has a yen sign and an overline in place
 * of backslash and tilde of ASCII. The yen sign is also the delimiter of values (PS3.5 6.1.2.3).
 */
export const jisRomaji: CodeElement = { area: 'g0', escape: '(J', encoding: 'shift_jis' }
/** ISO 8859-1. Readers assume it for bytes above 127 if no set is named. */
export const latin1: CodeElement = { area: 'g1', escape: '-A', encoding: 'latin1' }

/** Characters of the WHATWG index, which iconv-lite uses, that differ from JIS X 0208. */
const jisX0208Corrections: ReadonlyMap<string, string> = new Map([
  ['\uff0d', '\u2212'],
  ['\uff5e', '\u301c'],
  ['\u2225', '\u2016'],
  ['\uffe0', '\u00a2'],
  ['\uffe1', '\u00a3'],
  ['\uffe2', '\u00ac'],
])

/**
 * Characters that were added to ISO 8859-7 and 8859-8 after the registration, and that ISO 8859-11 has beyond TIS 620.
 */
const addedLater = { greek: '\u20ac\u20af\u037a', hebrew: '\u200e\u200f', thai: '\u00a0' }
/** The Hangul filler. In some implementations it begins a syllable of single letters. */
const hangulFiller = '\u3164'
/** Characters of two cells of GB 2312 that some implementations read as another dot and dash. */
const ambiguousPunctuation = '\u00b7\u2014'

/** The sets for code extensions, by ISO registration number. */
export const codeElements: ReadonlyMap<number, CodeElement> = new Map<number, CodeElement>([
  [6, ascii],
  [13, { area: 'g1', escape: ')I', encoding: 'shift_jis' }],
  [100, latin1],
  [101, { area: 'g1', escape: '-B', encoding: 'iso-8859-2' }],
  [109, { area: 'g1', escape: '-C', encoding: 'iso-8859-3' }],
  [110, { area: 'g1', escape: '-D', encoding: 'iso-8859-4' }],
  [144, { area: 'g1', escape: '-L', encoding: 'iso-8859-5' }],
  [127, { area: 'g1', escape: '-G', encoding: 'iso-8859-6' }],
  [126, { area: 'g1', escape: '-F', encoding: 'iso-8859-7', notWritten: addedLater.greek }],
  [138, { area: 'g1', escape: '-H', encoding: 'iso-8859-8', notWritten: addedLater.hebrew }],
  [148, { area: 'g1', escape: '-M', encoding: 'iso-8859-9' }],
  [203, { area: 'g1', escape: '-b', encoding: 'iso-8859-15' }],
  [166, { area: 'g1', escape: '-T', encoding: 'iso-8859-11', notWritten: addedLater.thai }],
  [87, { area: 'g0', escape: '$B', encoding: 'euc-jp', eucPrefix: [], corrections: jisX0208Corrections }],
  [159, { area: 'g0', escape: '$(D', encoding: 'euc-jp', eucPrefix: [0x8f] }],
  [149, { area: 'g1', escape: '$)C', encoding: 'euc-kr', eucPrefix: [], notWritten: hangulFiller }],
  [58, { area: 'g1', escape: '$)A', encoding: 'gb2312', eucPrefix: [], notWritten: ambiguousPunctuation }],
])

/** Terms of sets without code extensions, mapped to names of iconv-lite. */
export const wholeSets: ReadonlyMap<string, string> = new Map([
  ['ISO_IR 192', 'utf-8'],
  ['GB18030', 'gb18030'],
  ['GBK', 'gbk'],
])

/**
 * Returns a term as PS3.3 defines it. It is read leniently (`ISO-IR 100`, `UTF-8`, `ISO 8859-1`). `undefined` if it is
 * unknown.
 *
 * @example
 * import { definedTerm } from '@ahi-dicom/dicom-standard/character-sets'
 *
 * console.log(definedTerm('ISO-IR 100')) // ISO_IR 100
 * console.log(definedTerm('UTF-8')) // ISO_IR 192
 */
export function definedTerm(term: string): string | undefined {
  const upper = term.trim().toUpperCase()
  if (upper === '' || wholeSets.has(upper)) return upper
  if (/^UTF[ _-]?8$/.test(upper)) return 'ISO_IR 192'
  const part = /^ISO[ _-]*8859[ _-]*(\d+)$/.exec(upper)?.[1]
  if (part !== undefined) return registered(registrationOfPart(part), false)
  const [, extended, number] = /^ISO[ _-]*(2022)?[ _-]*IR[ _-]*(\d+)$/.exec(upper) ?? []
  return number === undefined ? undefined : registered(Number(number), extended !== undefined)
}

/** Returns the registration number of a defined term. An empty term is the default repertoire, ISO-IR 6. */
export function registrationOf(term: string): number {
  return term === '' ? 6 : Number(term.slice(term.lastIndexOf(' ') + 1))
}

function registrationOfPart(part: string): number | undefined {
  const encoding = part === '1' ? latin1.encoding : `iso-8859-${part}`
  return [...codeElements].find(([, element]) => element.encoding === encoding)?.[0]
}

function registered(registration: number | undefined, isExtended: boolean): string | undefined {
  if (registration === 192) return 'ISO_IR 192'
  if (registration === undefined || !codeElements.has(registration)) return undefined
  return isExtended ? `ISO 2022 IR ${registration}` : `ISO_IR ${registration}`
}
