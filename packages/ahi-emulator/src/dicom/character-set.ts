import iconv from 'iconv-lite'
import { decodeIso2022 } from './iso-2022.ts'
import type { CodeElements } from './iso-2022.ts'

/** Turns the bytes of a text value into Unicode. */
export interface TextDecoding {
  /**
   * @param delimiters characters besides the control ones at which code extensions end (PS3.5 6.1.2.5.3): the value
   *   delimiter `\`, and `^` and `=` in a PN
   */
  decode(bytes: Uint8Array, delimiters: string): string
}

/** Single-byte sets by the number of their defined term (PS3.3 C.12.1.1.2), in iconv-lite's names. */
const SINGLE_BYTE: Readonly<Record<string, string>> = {
  6: 'latin1',
  100: 'latin1',
  101: 'iso-8859-2',
  109: 'iso-8859-3',
  110: 'iso-8859-4',
  144: 'iso-8859-5',
  127: 'iso-8859-6',
  126: 'iso-8859-7',
  138: 'iso-8859-8',
  148: 'iso-8859-9',
  203: 'iso-8859-15',
  166: 'iso-8859-11',
  13: 'shift_jis',
}

const WHOLE: Readonly<Record<string, string>> = { 'ISO_IR 192': 'utf-8', GB18030: 'gb18030', GBK: 'gbk' }

const DEFAULT_REPERTOIRE: TextDecoding = { decode: (bytes) => iconv.decode(bytes, 'latin1') }

const decodings = new Map<string, TextDecoding>()

/**
 * The decoding that Specific Character Set (0008,0005) names. Terms are read leniently (`ISO-IR 100`, `ISO_2022_IR_87`);
 * bytes above 127 of the default repertoire, and of terms that do not exist, are taken for ISO 8859-1.
 */
export function textDecoding(specificCharacterSet: readonly string[]): TextDecoding {
  const key = specificCharacterSet.join('\\')
  const known = decodings.get(key)
  if (known !== undefined) return known
  const decoding = makeDecoding(specificCharacterSet.map(definedTerm))
  decodings.set(key, decoding)
  return decoding
}

/** UTF-8, GB18030 and GBK stand alone; a set of several terms is ISO 2022 whatever prefix the terms have. */
function makeDecoding(terms: readonly string[]): TextDecoding {
  const [first = ''] = terms
  const whole = WHOLE[first]
  if (whole !== undefined) return { decode: (bytes) => iconv.decode(bytes, whole) }
  if (terms.length > 1 || first.startsWith('ISO 2022')) {
    const initial = initialElements(setNumber(first))
    return { decode: (bytes, delimiters) => decodeIso2022(bytes, initial, delimiters) }
  }
  const single = SINGLE_BYTE[setNumber(first)]
  return single === undefined ? DEFAULT_REPERTOIRE : { decode: (bytes) => iconv.decode(bytes, single) }
}

function definedTerm(term: string): string {
  const text = term.trim().toUpperCase()
  const [, isExtended, number] = /^ISO[ _-]?(2022[ _-]?)?IR[ _-]?(\d+)$/.exec(text) ?? []
  if (number === undefined) return text
  return isExtended === undefined ? `ISO_IR ${number}` : `ISO 2022 IR ${number}`
}

function setNumber(term: string): string {
  return /\d+$/.exec(term)?.[0] ?? '6'
}

/** What G0 and G1 hold before the first escape sequence: the set of the first term (PS3.5 6.1.2.5.3). */
function initialElements(number: string): CodeElements {
  return { g0: number === '13' ? 'shift_jis' : 'ascii', g1: SINGLE_BYTE[number] ?? 'latin1' }
}
