import { joinTileParts, splitTileParts } from './code-stream-parts.ts'

const sizComponentCountOffset = 40
const sizComponentsOffset = 42
const sizComponentLength = 3

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
  const before = Buffer.from(mainHeader.subarray(0, sizComponentsOffset))
  const component = mainHeader.subarray(sizComponentsOffset, sizComponentsOffset + sizComponentLength)
  const after = mainHeader.subarray(sizComponentsOffset + sizComponentLength)
  before.writeUInt16BE(sizComponentsOffset - 4 + sizComponentLength * count, 4)
  before.writeUInt16BE(count, sizComponentCountOffset)
  return Buffer.concat([before, ...Array.from({ length: count }, () => component), after])
}
