import { joinTileParts, splitTileParts } from './code-stream-parts.ts'

const sizComponentCountOffset = 40
const sizComponentsOffset = 42
const sizComponentLength = 3

/**
 * Joins code streams of one component each into one code stream without a colour transform. They must differ only in
 * their samples, and have one tile and one precinct per resolution. In resolution-position-component-layer order (T.800
 * B.12.1.3), each needs a tile-part per resolution. Each tile-part is then one packet, and the packets of the
 * components alternate. In component-position-resolution-layer order (B.12.1.5), the components follow each other.
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

/** Repeats the only component of SIZ `count` times. */
function withComponents(mainHeader: Uint8Array<ArrayBuffer>, count: number): Uint8Array<ArrayBuffer> {
  const before = Buffer.from(mainHeader.subarray(0, sizComponentsOffset))
  const component = mainHeader.subarray(sizComponentsOffset, sizComponentsOffset + sizComponentLength)
  const after = mainHeader.subarray(sizComponentsOffset + sizComponentLength)
  before.writeUInt16BE(sizComponentsOffset - 4 + sizComponentLength * count, 4)
  before.writeUInt16BE(count, sizComponentCountOffset)
  return Buffer.concat([before, ...Array.from({ length: count }, () => component), after])
}
