/** The part of a code stream before its first tile-part, and what its tile-parts hold. */
interface TileParts {
  readonly mainHeader: Uint8Array
  /** Without the SOT and SOD markers: packets. */
  readonly bodies: readonly Uint8Array[]
}

const SIZ_COMPONENT_COUNT_OFFSET = 40
const SIZ_COMPONENTS_OFFSET = 42
const SIZ_COMPONENT_LENGTH = 3
const START_OF_TILE_PART = 0xff90
const START_OF_DATA = 0xff93
const TILE_PART_LENGTHS = 0xff55
const END_OF_CODE_STREAM = 0xffd9
/** SOT with its parameters, and SOD. */
const TILE_PART_HEADER_LENGTH = 14
/** Ttlm of 8 bits and Ptlm of 32. */
const TLM_ENTRY = { flags: 0x50, length: 5 }

/**
 * Joins code streams of one component each into one code stream of them all, without a colour transform. They have to
 * be alike but for their samples, and have one tile and one precinct a resolution. In resolution-position-component-layer
 * order (T.800 B.12.1.3) they need a tile-part a resolution: each is one packet then, and those of all components come in
 * turn. In component-position-resolution-layer order (B.12.1.5) the components follow each other whole.
 */
export function mergeComponents(components: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const parts = components.map(splitTileParts)
  const [first] = parts
  if (first === undefined) throw new TypeError('Expected at least one code stream to merge')
  const bodies = first.bodies.map((_, resolution) =>
    Buffer.concat(parts.map((component) => component.bodies[resolution] ?? new Uint8Array(0))),
  )
  return Uint8Array.from(
    Buffer.concat([
      withComponents(first.mainHeader, components.length),
      tilePartLengths(bodies),
      ...bodies.flatMap((body, index) => [tilePartHeader(body, index, bodies.length), body]),
      marker(END_OF_CODE_STREAM),
    ]),
  )
}

function splitTileParts(codeStream: Uint8Array): TileParts {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  const segments: Uint8Array[] = [codeStream.subarray(0, 2)]
  let offset = 2
  while (view.getUint16(offset) !== START_OF_TILE_PART) {
    const end = offset + 2 + view.getUint16(offset + 2)
    if (view.getUint16(offset) !== TILE_PART_LENGTHS) segments.push(codeStream.subarray(offset, end))
    offset = end
  }
  const bodies: Uint8Array[] = []
  while (view.getUint16(offset) === START_OF_TILE_PART) {
    const end = offset + view.getUint32(offset + 6)
    bodies.push(codeStream.subarray(offset + TILE_PART_HEADER_LENGTH, end))
    offset = end
  }
  return { mainHeader: Buffer.concat(segments), bodies }
}

/** Repeats the description of the only component in SIZ. */
function withComponents(mainHeader: Uint8Array, count: number): Uint8Array {
  const before = Buffer.from(mainHeader.subarray(0, SIZ_COMPONENTS_OFFSET))
  const component = mainHeader.subarray(SIZ_COMPONENTS_OFFSET, SIZ_COMPONENTS_OFFSET + SIZ_COMPONENT_LENGTH)
  const after = mainHeader.subarray(SIZ_COMPONENTS_OFFSET + SIZ_COMPONENT_LENGTH)
  before.writeUInt16BE(SIZ_COMPONENTS_OFFSET - 4 + SIZ_COMPONENT_LENGTH * count, 4)
  before.writeUInt16BE(count, SIZ_COMPONENT_COUNT_OFFSET)
  return Buffer.concat([before, ...Array.from({ length: count }, () => component), after])
}

function tilePartLengths(bodies: readonly Uint8Array[]): Uint8Array {
  const segment = Buffer.alloc(6 + TLM_ENTRY.length * bodies.length)
  segment.writeUInt16BE(TILE_PART_LENGTHS, 0)
  segment.writeUInt16BE(segment.length - 2, 2)
  segment.writeUInt8(TLM_ENTRY.flags, 5)
  bodies.forEach((body, index) => {
    segment.writeUInt32BE(TILE_PART_HEADER_LENGTH + body.byteLength, 6 + TLM_ENTRY.length * index + 1)
  })
  return segment
}

function tilePartHeader(body: Uint8Array, index: number, count: number): Uint8Array {
  const header = Buffer.alloc(TILE_PART_HEADER_LENGTH)
  header.writeUInt16BE(START_OF_TILE_PART, 0)
  header.writeUInt16BE(10, 2)
  header.writeUInt32BE(TILE_PART_HEADER_LENGTH + body.byteLength, 6)
  header.writeUInt8(index, 10)
  header.writeUInt8(count, 11)
  header.writeUInt16BE(START_OF_DATA, 12)
  return header
}

function marker(code: number): Uint8Array {
  return Uint8Array.of(code >>> 8, code & 0xff)
}
