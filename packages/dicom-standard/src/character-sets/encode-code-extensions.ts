import { codeTable } from './code-tables.ts'
import { ascii, codeElements, jisRomaji, type CodeElement } from './registrations.ts'

/** What is designated to G0 and G1; undefined in G0 stands for ASCII, in G1 for nothing. */
interface Designation {
  readonly g0: CodeElement | undefined
  readonly g1: CodeElement | undefined
}

const escapeByte = 0x1b

/**
 * Makes an encoder with code extensions (ISO 2022, PS3.5 6.1.2.5) from registration numbers. The set of the first is
 * active at the start, and is made active again before control characters, before the delimiters of values and, in
 * person names, of components and component groups, and at the end.
 */
export function createCodeExtensionEncoder(
  registrations: readonly number[],
): (text: string, options: { readonly isPersonName: boolean }) => Uint8Array | undefined {
  const available = registrations.flatMap((registration) => codeElements.get(registration) ?? [])
  const first = available[0]
  const initial: Designation = { g0: undefined, g1: first?.area === 'g1' ? first : undefined }
  const latin = registrations[0] === 13 ? jisRomaji : ascii
  return (text, { isPersonName }) => {
    const delimiters = isPersonName ? '\\^=' : '\\'
    const bytes: number[] = []
    let active = initial

    function designate(area: CodeElement['area'], wanted: CodeElement | undefined): void {
      if (active[area] === wanted) return
      const written = area === 'g0' ? (wanted ?? latin) : wanted
      if (written !== undefined) bytes.push(escapeByte, ...Buffer.from(written.escape, 'latin1'))
      active = { ...active, [area]: wanted }
    }

    function reset(): void {
      designate('g0', initial.g0)
      designate('g1', initial.g1)
    }

    function write(character: string): boolean {
      const inUse = codeOf(character, active.g1) ?? codeOf(character, active.g0)
      if (inUse !== undefined) {
        bytes.push(...inUse)
        return true
      }
      for (const candidate of available) {
        const code = codeOf(character, candidate)
        if (code === undefined) continue
        designate(candidate.area, candidate)
        bytes.push(...code)
        return true
      }
      return false
    }

    for (const character of text) {
      const code = character.charCodeAt(0)
      if (code >= 0x80) {
        if (!write(character)) return undefined
        continue
      }
      if (code < 0x20 || delimiters.includes(character)) reset()
      else designate('g0', initial.g0)
      bytes.push(code)
    }
    reset()
    return Uint8Array.from(bytes)
  }
}

function codeOf(character: string, element: CodeElement | undefined): Uint8Array | undefined {
  return element === undefined ? undefined : codeTable(element).get(character)
}
