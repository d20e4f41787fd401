/** A set of characters that an escape sequence designates to G0 or G1 (PS3.3 Tables C.12-3 and C.12-4). */
export interface CodeElement {
  readonly area: 'g0' | 'g1'
  /** Without the ESC byte. */
  readonly escape: string
  /** iconv-lite's name of an encoding that has the codes of the set. */
  readonly encoding: string
  /** In an EUC encoding, characters are two bytes, after this prefix. */
  readonly eucPrefix?: readonly number[]
  /** To the character of the standard, from that of the encoding where it departs from it. */
  readonly corrections?: ReadonlyMap<string, string>
  /** Characters of the encoding that are read and not written. */
  readonly notWritten?: string
}

/** G0 of terms that are not Japanese. */
export const ascii: CodeElement = { area: 'g0', escape: '(B', encoding: 'ascii' }
/**
 * JIS X 0201, Latin part: ISO-IR 14, G0 of ISO-IR 13, which no term names. It has a yen sign and an overline where ASCII
 * has a backslash and a tilde. The yen sign is the delimiter of values, too (PS3.5 6.1.2.3).
 */
export const jisRomaji: CodeElement = { area: 'g0', escape: '(J', encoding: 'shift_jis' }
/** ISO 8859-1, which readers take bytes above 127 for where nothing is said of them. */
export const latin1: CodeElement = { area: 'g1', escape: '-A', encoding: 'latin1' }

/** Where the WHATWG index, which iconv-lite follows, departs from JIS X 0208. */
const jisX0208Corrections: ReadonlyMap<string, string> = new Map([
  ['\uff0d', '\u2212'],
  ['\uff5e', '\u301c'],
  ['\u2225', '\u2016'],
  ['\uffe0', '\u00a2'],
  ['\uffe1', '\u00a3'],
  ['\uffe2', '\u00ac'],
])

/** Of ISO 8859-7 and 8859-8, and of what ISO 8859-11 has more than TIS 620: later than the registration. */
const addedLater = { greek: '\u20ac\u20af\u037a', hebrew: '\u200e\u200f', thai: '\u00a0' }
/** The Hangul filler begins a syllable composed of letters in some implementations. */
const hangulFiller = '\u3164'
/** What cells of GB 2312 are to some implementations, to others another dot and dash. */
const ambiguousPunctuation = '\u00b7\u2014'

/** The sets with code extensions, by their ISO registration numbers. */
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

/** Terms of sets that stand alone, without code extensions, to the names of iconv-lite. */
export const wholeSets: ReadonlyMap<string, string> = new Map([
  ['ISO_IR 192', 'utf-8'],
  ['GB18030', 'gb18030'],
  ['GBK', 'gbk'],
])

/** A term as PS3.3 defines it, read leniently (`ISO-IR 100`, `UTF-8`, `ISO 8859-1`); `undefined` for one that means nothing. */
export function definedTerm(term: string): string | undefined {
  const upper = term.trim().toUpperCase()
  if (upper === '' || wholeSets.has(upper)) return upper
  if (/^UTF[ _-]?8$/.test(upper)) return 'ISO_IR 192'
  const part = /^ISO[ _-]*8859[ _-]*(\d+)$/.exec(upper)?.[1]
  if (part !== undefined) return registered(registrationOfPart(part), false)
  const [, extended, number] = /^ISO[ _-]*(2022)?[ _-]*IR[ _-]*(\d+)$/.exec(upper) ?? []
  return number === undefined ? undefined : registered(Number(number), extended !== undefined)
}

/** The registration number of a defined term; an empty one is the default repertoire, ISO-IR 6. */
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
