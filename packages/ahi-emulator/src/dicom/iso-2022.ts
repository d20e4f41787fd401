import iconv from 'iconv-lite'

/** A code element: `ascii`, a single-byte set by iconv-lite's name, or one of the multi-byte sets of PS3.3 C.12.1.1.2. */
type CodeElement = string

/** What the bytes below and above 128 stand for. */
export interface CodeElements {
  readonly g0: CodeElement
  readonly g1: CodeElement
}

interface Designation {
  readonly slot: 'g0' | 'g1'
  readonly element: CodeElement
}

/** Escape sequences without the ESC byte (PS3.3 tables C.12-3 and C.12-4). */
const DESIGNATIONS: Readonly<Record<string, Designation>> = {
  '(B': { slot: 'g0', element: 'ascii' },
  '(J': { slot: 'g0', element: 'shift_jis' },
  ')I': { slot: 'g1', element: 'shift_jis' },
  '-A': { slot: 'g1', element: 'latin1' },
  '-B': { slot: 'g1', element: 'iso-8859-2' },
  '-C': { slot: 'g1', element: 'iso-8859-3' },
  '-D': { slot: 'g1', element: 'iso-8859-4' },
  '-L': { slot: 'g1', element: 'iso-8859-5' },
  '-G': { slot: 'g1', element: 'iso-8859-6' },
  '-F': { slot: 'g1', element: 'iso-8859-7' },
  '-H': { slot: 'g1', element: 'iso-8859-8' },
  '-M': { slot: 'g1', element: 'iso-8859-9' },
  '-b': { slot: 'g1', element: 'iso-8859-15' },
  '-T': { slot: 'g1', element: 'iso-8859-11' },
  $B: { slot: 'g0', element: 'jis-x-0208' },
  '$(D': { slot: 'g0', element: 'jis-x-0212' },
  '$)C': { slot: 'g1', element: 'ks-x-1001' },
  '$)A': { slot: 'g1', element: 'gb-2312' },
}

/** Multi-byte sets as the EUC encoding that has the same code points with the high bits set. */
const MULTI_BYTE: Readonly<Record<string, { readonly encoding: string; readonly prefix?: number }>> = {
  'jis-x-0208': { encoding: 'euc-jp' },
  'jis-x-0212': { encoding: 'euc-jp', prefix: 0x8f },
  'ks-x-1001': { encoding: 'euc-kr' },
  'gb-2312': { encoding: 'gb2312' },
}

const ESCAPE = 0x1b
/** TAB, LF, FF and CR end code extensions (PS3.5 6.1.2.5.3). */
const CONTROL_DELIMITERS = new Set([0x09, 0x0a, 0x0c, 0x0d])

/**
 * Decodes text with code extensions of ISO 2022 as PS3.5 6.1.2.5 restricts them. A delimiter, unless it is half of a
 * two-byte character, brings back the initial code elements.
 */
export function decodeIso2022(bytes: Uint8Array, initial: CodeElements, delimiters: string): string {
  const delimiterCodes = new Set(Buffer.from(delimiters, 'latin1'))
  let elements = initial
  let text = ''
  let offset = 0
  while (offset < bytes.length) {
    const code = bytes[offset] ?? 0
    const escape = code === ESCAPE ? readEscape(bytes, offset + 1) : undefined
    if (escape !== undefined) {
      elements = { ...elements, [escape.slot]: escape.element }
      offset += 1 + escape.length
      continue
    }
    const element = code < 0x80 ? elements.g0 : elements.g1
    const end = runEnd(bytes, offset, element, delimiterCodes)
    text += decodeRun(bytes.subarray(offset, end), element)
    const isCharacterHalf = MULTI_BYTE[element] !== undefined && isGraphic(code)
    if (!isCharacterHalf && isDelimiter(code, delimiterCodes)) elements = initial
    offset = end
  }
  return text
}

function readEscape(bytes: Uint8Array, offset: number): (Designation & { readonly length: number }) | undefined {
  for (const length of [2, 3]) {
    const sequence = String.fromCharCode(...bytes.subarray(offset, offset + length))
    const designation = DESIGNATIONS[sequence]
    if (designation !== undefined) return { ...designation, length }
  }
  return undefined
}

/** The end of the bytes from `start` that one code element decodes in one go. */
function runEnd(bytes: Uint8Array, start: number, element: CodeElement, delimiters: ReadonlySet<number>): number {
  const isHigh = (bytes[start] ?? 0) >= 0x80
  if (MULTI_BYTE[element] !== undefined) return Math.min(start + (isGraphic(bytes[start] ?? 0) ? 2 : 1), bytes.length)
  let end = start + 1
  if (isDelimiter(bytes[start] ?? 0, delimiters)) return end
  while (end < bytes.length) {
    const code = bytes[end] ?? 0
    if (code === ESCAPE || code >= 0x80 !== isHigh || isDelimiter(code, delimiters)) break
    end += 1
  }
  return end
}

function isDelimiter(code: number, delimiters: ReadonlySet<number>): boolean {
  return CONTROL_DELIMITERS.has(code) || delimiters.has(code)
}

/** Space and control characters are single bytes in a multi-byte set as well. */
function isGraphic(code: number): boolean {
  const low = code & 0x7f
  return low > 0x20 && low < 0x7f
}

function decodeRun(run: Uint8Array, element: CodeElement): string {
  const multiByte = MULTI_BYTE[element]
  if (multiByte === undefined) return iconv.decode(run, element)
  if (run.length < 2) return iconv.decode(run, 'ascii')
  const high = [...run].map((code) => code | 0x80)
  return iconv.decode(
    Uint8Array.from(multiByte.prefix === undefined ? high : [multiByte.prefix, ...high]),
    multiByte.encoding,
  )
}
