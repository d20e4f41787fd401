import { latin1Bytes } from '@ahi-dicom/runtime'
import { codeTable } from './code-tables.ts'
import { ascii, codeElements, jisRomaji, type CodeElement } from './registrations.ts'
import { isReplacedAscii } from './romaji.ts'
import type { TextForm } from './text-form.ts'

/** The sets in G0 and G1. `undefined` in G1 means no set. */
interface Designation {
  readonly g0: CodeElement
  readonly g1: CodeElement | undefined
}

const escapeByte = 0x1b
const yenSign = '\u00a5'

/**
 * Creates an encoder with code extensions (ISO 2022, PS3.5 6.1.2.5) for ISO registration numbers. The first set is
 * active at the start. It is made active again at the end, before control characters and before delimiters. Delimiters
 * separate values and, in person names, components and component groups.
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

    function designate(area: CodeElement['area'], element: CodeElement | undefined): void {
      if (active[area] === element) return
      if (element !== undefined) bytes.push(escapeByte, ...latin1Bytes(element.escape))
      active = { ...active, [area]: element }
    }

    function reset(): void {
      designate('g0', initial.g0)
      designate('g1', initial.g1)
    }

    /**
     * Returns the code of a character in a set. In multi-valued text the yen sign of JIS X 0201 is not written, because
     * readers take it for the delimiter.
     */
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

    /** Switches to ASCII, the only set with a tilde and with a backslash that is not a delimiter. */
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
