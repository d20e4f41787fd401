import { RenderError } from '../errors.ts'

type Segments = Uint8Array | Uint16Array

/**
 * Expands the segments of a Segmented Palette Color Lookup Table (PS3.3 C.7.9.2) into entries.
 *
 * @param segments opcodes, lengths and values, one element each: bytes for entries of 8 bits, words for 16 bits
 * @throws {RenderError} RENDER_LOOKUP_TABLE_INVALID if a segment exceeds the data or has an unknown opcode
 * @example
 * import { expandSegmentedLookupTable } from '@ahi-dicom/renderer'
 *
 * // A discrete segment of one entry, then a linear one of four entries up to 50.
 * const segments = Uint16Array.of(0, 1, 10, 1, 4, 50)
 * console.log(expandSegmentedLookupTable(segments).join()) // 10,20,30,40,50
 */
export function expandSegmentedLookupTable<T extends Segments>(segments: T): T {
  const entries: number[] = []
  expandSegments({ segments, from: 0, count: Infinity, allowIndirect: true }, entries)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same kind of array as the argument
  return (segments instanceof Uint8Array ? Uint8Array.from(entries) : Uint16Array.from(entries)) as T
}

interface SegmentRun {
  readonly segments: Segments
  readonly from: number
  readonly count: number
  readonly allowIndirect: boolean
}

function expandSegments(run: SegmentRun, entries: number[]): void {
  const { segments, count, allowIndirect } = run
  let position = run.from
  for (let done = 0; done < count && position + 1 < segments.length; done++) {
    const opcode = elementAt(segments, position)
    const length = elementAt(segments, position + 1)
    if (opcode === 0) position = expandDiscrete(segments, position, entries)
    else if (opcode === 1) position = expandLinear(segments, position, entries)
    else if (opcode === 2 && allowIndirect) {
      expandSegments(
        { segments, from: indirectOffset(segments, position), count: length, allowIndirect: false },
        entries,
      )
      position += segments instanceof Uint8Array ? 6 : 4
    } else throw invalidSegment(`opcode ${opcode} at element ${position}`)
    if (entries.length > 65_536) throw invalidSegment('more than 65536 entries')
  }
}

function expandDiscrete(segments: Segments, position: number, entries: number[]): number {
  const length = elementAt(segments, position + 1)
  for (let i = 0; i < length; i++) entries.push(elementAt(segments, position + 2 + i))
  return position + 2 + length
}

function expandLinear(segments: Segments, position: number, entries: number[]): number {
  const length = elementAt(segments, position + 1)
  const start = entries.at(-1)
  if (start === undefined) throw invalidSegment('a linear segment comes first')
  const end = elementAt(segments, position + 2)
  for (let i = 1; i <= length; i++) entries.push(Math.round(start + ((end - start) * i) / length))
  return position + 3
}

/**
 * Returns an offset, stored least significant part first. It counts bytes if entries have 8 bits, and words if they
 * have 16.
 */
function indirectOffset(segments: Segments, position: number): number {
  const radix = segments instanceof Uint8Array ? 256 : 65_536
  const digits = segments instanceof Uint8Array ? 4 : 2
  let offset = 0
  for (let i = digits - 1; i >= 0; i--) offset = offset * radix + elementAt(segments, position + 2 + i)
  return offset
}

function elementAt(segments: Segments, position: number): number {
  const element = segments[position]
  if (element === undefined) throw invalidSegment(`a segment needs element ${position} of ${segments.length}`)
  return element
}

function invalidSegment(why: string): RenderError {
  return new RenderError(
    'RENDER_LOOKUP_TABLE_INVALID',
    `Cannot expand segmented palette: ${why}. Export the instance as DICOM instead.`,
  )
}
