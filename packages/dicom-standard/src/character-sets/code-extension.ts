import { gb2312, jisX0208, jisX0212, ksX1001, singleByteTable, type CodeTable } from './code-tables.ts'

/** A set that an escape sequence of PS3.3 Table C.12-3 and C.12-4 designates to G0 or G1. */
interface CodeElement {
  readonly escape: Uint8Array
  readonly table: () => CodeTable
}

/** What is designated to G0 and G1; undefined in G0 stands for ASCII, in G1 for nothing. */
interface Designation {
  readonly g0: CodeElement | undefined
  readonly g1: CodeElement | undefined
}

type Area = 'g0' | 'g1'

const escapeByte = 0x1b
const empty: CodeTable = new Map()

function element(escape: string, table: () => CodeTable): CodeElement {
  return { escape: Uint8Array.of(escapeByte, ...Array.from(escape, (character) => character.charCodeAt(0))), table }
}

const ascii = element('(B', () => empty)
const jisRomaji = element('(J', () => empty)

const extensions: ReadonlyMap<number, Partial<Record<Area, CodeElement>>> = new Map([
  [6, {}],
  [13, { g1: element(')I', () => singleByteTable(13)) }],
  [100, { g1: element('-A', () => singleByteTable(100)) }],
  [101, { g1: element('-B', () => singleByteTable(101)) }],
  [109, { g1: element('-C', () => singleByteTable(109)) }],
  [110, { g1: element('-D', () => singleByteTable(110)) }],
  [144, { g1: element('-L', () => singleByteTable(144)) }],
  [127, { g1: element('-G', () => singleByteTable(127)) }],
  [126, { g1: element('-F', () => singleByteTable(126)) }],
  [138, { g1: element('-H', () => singleByteTable(138)) }],
  [148, { g1: element('-M', () => singleByteTable(148)) }],
  [203, { g1: element('-b', () => singleByteTable(203)) }],
  [166, { g1: element('-T', () => singleByteTable(166)) }],
  [87, { g0: element('$B', jisX0208) }],
  [159, { g0: element('$(D', jisX0212) }],
  [149, { g1: element('$)C', ksX1001) }],
  [58, { g1: element('$)A', gb2312) }],
])

/**
 * Makes an encoder with code extensions (ISO 2022, PS3.5 6.1.2.5) from registration numbers. The set of the first is
 * active at the start, and is made active again before control characters, before the delimiters of values and, in
 * person names, of components and component groups, and at the end.
 */
export function createCodeExtensionEncoder(
  registrations: readonly number[],
): (text: string, options: { readonly isPersonName: boolean }) => Uint8Array | undefined {
  const sets = registrations.map((registration) => extensions.get(registration) ?? {})
  const initial: Designation = { g0: undefined, g1: sets[0]?.g1 }
  const latin = registrations[0] === 13 ? jisRomaji : ascii
  const available = sets.flatMap((set) => [
    ...(set.g0 === undefined ? [] : [{ area: 'g0' as const, element: set.g0 }]),
    ...(set.g1 === undefined ? [] : [{ area: 'g1' as const, element: set.g1 }]),
  ])
  return (text, { isPersonName }) => {
    const delimiters = isPersonName ? '\\^=' : '\\'
    const bytes: number[] = []
    let active = initial

    function designate(area: Area, wanted: CodeElement | undefined): void {
      if (active[area] === wanted) return
      const written = area === 'g0' ? (wanted ?? latin) : wanted
      if (written !== undefined) bytes.push(...written.escape)
      active = { ...active, [area]: wanted }
    }

    function reset(): void {
      designate('g0', initial.g0)
      designate('g1', initial.g1)
    }

    function write(character: string): boolean {
      const inUse = active.g1?.table().get(character) ?? active.g0?.table().get(character)
      if (inUse !== undefined) {
        bytes.push(...inUse)
        return true
      }
      for (const { area, element: candidate } of available) {
        const code = candidate.table().get(character)
        if (code === undefined) continue
        designate(area, candidate)
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
