import { joinTileParts, splitTileParts } from './code-stream-parts.ts'

const SIZ_COMPONENT_COUNT_OFFSET = 40
const SIZ_COMPONENTS_OFFSET = 42
const SIZ_COMPONENT_LENGTH = 3

/**
 * Joins code streams of one component each into one code stream of them all, without a colour transform. They have to
 * be alike but for their samples, and have one tile and one precinct a resolution. In resolution-position-component-layer
 * order (T.800 B.12.1.3) they need a tile-part a resolution: each is one packet then, and those of all components come in
 * turn. In component-position-resolution-layer order (B.12.1.5) the components follow each other whole.
 */
export function mergeComponents(components: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const parts = components.map(splitTileParts)
  const [first] = parts
  if (first === undefined) throw new TypeError('Expected at least one code stream to merge')
  const partCount = first.bodies.length
  const merged = first.bodies.map((_, part) => ({
    tile: 0,
    part,
    partCount,
    body: Buffer.concat(parts.map(({ bodies }) => bodies[part] ?? new Uint8Array(0))),
  }))
  return Uint8Array.from(Buffer.concat(joinTileParts(withComponents(first.mainHeader, components.length), merged)))
}

/** Repeats the description of the only component in SIZ. */
function withComponents(mainHeader: Uint8Array<ArrayBuffer>, count: number): Uint8Array<ArrayBuffer> {
  const before = Buffer.from(mainHeader.subarray(0, SIZ_COMPONENTS_OFFSET))
  const component = mainHeader.subarray(SIZ_COMPONENTS_OFFSET, SIZ_COMPONENTS_OFFSET + SIZ_COMPONENT_LENGTH)
  const after = mainHeader.subarray(SIZ_COMPONENTS_OFFSET + SIZ_COMPONENT_LENGTH)
  before.writeUInt16BE(SIZ_COMPONENTS_OFFSET - 4 + SIZ_COMPONENT_LENGTH * count, 4)
  before.writeUInt16BE(count, SIZ_COMPONENT_COUNT_OFFSET)
  return Buffer.concat([before, ...Array.from({ length: count }, () => component), after])
}
