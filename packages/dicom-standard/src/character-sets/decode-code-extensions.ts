import { latin1Bytes } from '@ahi-dicom/runtime'
import { decodeCharacters } from '#character-codecs'
import { decodeTwoBytes } from './two-byte-characters.ts'
import { codeElements, jisRomaji, type CodeElement } from './registrations.ts'
import { asRomaji } from './romaji.ts'

/** The sets for bytes below 128 (G0) and from 128 on (G1). */
export interface Designations {
  readonly g0: CodeElement
  readonly g1: CodeElement
}

const escapeByte = 0x1b
const byEscape: ReadonlyMap<string, CodeElement> = new Map(
  [...codeElements.values(), jisRomaji].map((element) => [element.escape, element]),
)
/** TAB, LF, FF and CR end code extensions (PS3.5 6.1.2.5.3). */
const controlDelimiters: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d])

/**
 * Decodes text with code extensions of ISO 2022, as restricted by PS3.5 6.1.2.5. A delimiter switches back to the
 * initial sets, unless it is half of a two-byte character.
 */
export function decodeCodeExtensions(bytes: Uint8Array, initial: Designations, delimiters: string): string {
  const delimiterCodes = new Set([...controlDelimiters, ...latin1Bytes(delimiters)])
  let designations = initial
  let text = ''
  let offset = 0
  while (offset < bytes.length) {
    const code = bytes[offset] ?? 0
    const designated = code === escapeByte ? readEscape(bytes, offset + 1) : undefined
    if (designated !== undefined) {
      designations = { ...designations, [designated.area]: designated }
      offset += 1 + designated.escape.length
      continue
    }
    const element = code < 0x80 ? designations.g0 : designations.g1
    const end = runEnd(bytes, offset, element, delimiterCodes)
    const run = decodeRun(bytes.subarray(offset, end), element)
    text += element === jisRomaji ? asRomaji(run, { hasDelimiter: delimiters.includes('\\') }) : run
    const isCharacterHalf = element.eucPrefix !== undefined && isGraphic(code)
    if (!isCharacterHalf && delimiterCodes.has(code)) designations = initial
    offset = end
  }
  return text
}

function readEscape(bytes: Uint8Array, offset: number): CodeElement | undefined {
  return (
    byEscape.get(String.fromCharCode(...bytes.subarray(offset, offset + 2))) ??
    byEscape.get(String.fromCharCode(...bytes.subarray(offset, offset + 3)))
  )
}

/** Returns the end of the bytes from `start` that one set decodes together. */
function runEnd(bytes: Uint8Array, start: number, element: CodeElement, delimiters: ReadonlySet<number>): number {
  const first = bytes[start] ?? 0
  if (element.eucPrefix !== undefined) return Math.min(start + (isGraphic(first) ? 2 : 1), bytes.length)
  let end = start + 1
  if (delimiters.has(first)) return end
  while (end < bytes.length) {
    const code = bytes[end] ?? 0
    if (code === escapeByte || code >= 0x80 !== first >= 0x80 || delimiters.has(code)) break
    end += 1
  }
  return end
}

/** True for graphic characters. Space and control characters are single bytes even in a multi-byte set. */
function isGraphic(code: number): boolean {
  const low = code & 0x7f
  return low > 0x20 && low < 0x7f
}

function decodeRun(run: Uint8Array, element: CodeElement): string {
  if (element.eucPrefix === undefined) return decodeCharacters(run, element.encoding)
  return run.length < 2 ? decodeCharacters(run, 'ascii') : decodeTwoBytes(run, element)
}
