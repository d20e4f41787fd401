import { latin1Bytes } from '@ahi-dicom/runtime'
import { codeTable } from './code-tables.ts'
import { ascii, codeElements, jisRomaji, type CodeElement } from './registrations.ts'
import { isReplacedAscii } from './romaji.ts'
import type { TextForm } from './text-form.ts'

/** What is designated to G0 and G1; undefined in G1 stands for nothing. */
interface Designation {
  readonly g0: CodeElement
  readonly g1: CodeElement | undefined
}

const escapeByte = 0x1b
const yenSign = '\u00a5'

/**
 * Makes an encoder with code extensions (ISO 2022, PS3.5 6.1.2.5) from registration numbers. The set of the first is
 * active at the start, and is made active again before control characters, before the delimiters of values and, in
 * person names, of components and component groups, and at the end.
 */
export function createCodeExtensionEncoder(
  registrations: readonly number[],
): (text: string, form: TextForm) => Uint8Array | undefined {
  const available = registrations.flatMap(elementsOf)
  const first = available[0]
  const latin = registrations[0] === 13 ? jisRomaji : ascii
  const initial: Designation = { g0: latin, g1: first?.area === 'g1' ? first : undefined }
  return (text, { isPersonName, isSingleValued }) => {
    const delimiters = isPersonName ? '\\^=' : isSingleValued ? '' : '\\'
    const bytes: number[] = []
    let active = initial

    function designate(area: CodeElement['area'], wanted: CodeElement | undefined): void {
      if (active[area] === wanted) return
      if (wanted !== undefined) bytes.push(escapeByte, ...latin1Bytes(wanted.escape))
      active = { ...active, [area]: wanted }
    }

    function reset(): void {
      designate('g0', initial.g0)
      designate('g1', initial.g1)
    }

    /** Readers take the yen sign of JIS X 0201 for the delimiter of values. */
    function codeIn(element: CodeElement | undefined, character: string): Uint8Array | undefined {
      const isDelimiter = element === jisRomaji && character === yenSign && !isSingleValued
      return element === undefined || isDelimiter ? undefined : codeTable(element).get(character)
    }

    function write(character: string): boolean {
      const inUse = codeIn(active.g1, character) ?? codeIn(active.g0, character)
      if (inUse !== undefined) {
        bytes.push(...inUse)
        return true
      }
      for (const candidate of available) {
        const code = codeIn(candidate, character)
        if (code === undefined) continue
        designate(candidate.area, candidate)
        bytes.push(...code)
        return true
      }
      return false
    }

    /** A tilde, and a backslash that is no delimiter, are in ASCII alone. */
    function designateAscii(): boolean {
      if (latin !== ascii && !registrations.includes(6)) return false
      designate('g0', ascii)
      return true
    }

    for (const character of text) {
      const code = character.charCodeAt(0)
      if (code >= 0x80) {
        if (!write(character)) return undefined
        continue
      }
      if (code < 0x20 || delimiters.includes(character)) reset()
      else if (!isReplacedAscii(character)) designate('g0', initial.g0)
      else if (!designateAscii()) return undefined
      bytes.push(code)
    }
    reset()
    return Uint8Array.from(bytes)
  }
}

function elementsOf(registration: number): readonly CodeElement[] {
  const element = codeElements.get(registration)
  if (element === undefined) return []
  return registration === 13 ? [element, jisRomaji] : [element]
}
