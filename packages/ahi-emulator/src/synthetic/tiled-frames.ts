import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { joinTileParts, splitTileParts, type TileParts } from '../pixels/code-stream-parts.ts'
import { encodeHtj2k, htj2kDecompositions } from '../pixels/htj2k-encoder.ts'
import { encodeJpeg2000, jpeg2000Decompositions } from '../pixels/jpeg2000-encoder.ts'
import type { FrameFacts, Recipe } from './recipe.ts'
import { tileSide, tileGrid, type GridTile, type TileGrid } from './tile-grid.ts'
import { storedBits, tilePixels } from './tile.ts'

/** The settings that determine the frames of a recipe, independently of the image set. */
export type FrameLook = Pick<
  Recipe,
  'rows' | 'columns' | 'bitsAllocated' | 'samplesPerPixel' | 'seed' | 'losslessStorageFormat'
>

/** A code stream in consecutive pieces. */
export interface CodeStream {
  /** A single piece if the frame has one tile. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[]
  readonly byteLength: number
}

/** Number of different frames. More would take longer to prepare. With fewer, a mix-up of frames could go unnoticed. */
const patternCount = 8

const sizSizeOffset = 8
const sizTileSizeOffset = 24

/**
 * Returns the code streams of all patterns. They are assembled from a few shared tiles, so a frame of any size needs no
 * more memory than these.
 */
export async function tiledCodeStreams(look: FrameLook): Promise<readonly CodeStream[]> {
  const grid = tileGrid(look)
  const parts = new Map<string, TileParts>()
  for (const { tile, variant } of differentTiles(grid)) {
    parts.set(keyOf(tile, variant), splitTileParts(await encodeTile(tile, variant, look)))
    await setImmediate()
  }
  return patterns((pattern) => assemble(grid, look, (tile, index) => parts.get(keyOf(tile, variantOf(pattern, index)))))
}

/** Computes the checksum and range of each pattern for the metadata document, row by row. */
export async function describePatterns(
  look: FrameLook,
  codeStreams: readonly CodeStream[],
): Promise<readonly FrameFacts[]> {
  const grid = tileGrid(look)
  const pixels = new Map<string, Uint8Array>()
  for (const { tile, variant } of differentTiles(grid)) {
    pixels.set(keyOf(tile, variant), tilePixels({ ...look, ...tile, variant }))
    await setImmediate()
  }
  const facts: FrameFacts[] = []
  for (const [pattern, { byteLength }] of codeStreams.entries()) {
    const tiles = grid.tiles.map(
      (tile, index) => pixels.get(keyOf(tile, variantOf(pattern, index))) ?? new Uint8Array(0),
    )
    facts.push({ ...range(tiles, look), checksum: checksum(grid, tiles, look), byteLength })
    await setImmediate()
  }
  return facts
}

function patterns<Result>(make: (pattern: number) => Result): Result[] {
  return Array.from({ length: patternCount }, (_, pattern) => make(pattern))
}

/** Returns the variant of a tile in a pattern. Neighbours differ. */
function variantOf(pattern: number, tileIndex: number): number {
  return (pattern + tileIndex) % patternCount
}

function keyOf({ width, height }: GridTile, variant: number): string {
  return `${width} ${height} ${variant}`
}

function differentTiles({ tiles }: TileGrid): { readonly tile: GridTile; readonly variant: number }[] {
  const shapes = new Map(tiles.map((tile) => [keyOf(tile, 0), tile]))
  return [...shapes.values()].flatMap((tile) => patterns((variant) => ({ tile, variant })))
}

function encodeTile(tile: GridTile, variant: number, look: FrameLook): Promise<Uint8Array<ArrayBuffer>> {
  const { samplesPerPixel, bitsAllocated, losslessStorageFormat } = look
  const encode = losslessStorageFormat === 'HTJ2K' ? encodeHtj2k : encodeJpeg2000
  return encode({
    ...tile,
    pixels: tilePixels({ ...look, ...tile, variant }),
    components: samplesPerPixel,
    bitsPerSample: storedBits(bitsAllocated),
    isSigned: false,
    useColourTransform: samplesPerPixel === 3,
    decompositions: decompositions(look),
  })
}

/**
 * Returns the number of wavelet decompositions, which all tiles of a frame share. The JPEG 2000 encoder allows no more
 * than the smallest tile can be halved.
 */
function decompositions({ rows, columns, losslessStorageFormat }: FrameLook): number {
  if (losslessStorageFormat === 'HTJ2K') return htj2kDecompositions({ width: columns, height: rows })
  return jpeg2000Decompositions({ width: columns % tileSide || tileSide, height: rows % tileSide || tileSide })
}

function assemble(
  grid: TileGrid,
  look: FrameLook,
  partsOf: (tile: GridTile, index: number) => TileParts | undefined,
): CodeStream {
  const tiles = grid.tiles.map((tile, index) => partsOf(tile, index))
  const mainHeader = frameHeader(tiles[0]?.mainHeader ?? new Uint8Array(0), look)
  const parts = tiles.flatMap((tile, index) =>
    (tile?.bodies ?? []).map((body, part, { length }) => ({ tile: index, part, partCount: length, body })),
  )
  const pieces = joinTileParts(mainHeader, parts)
  const byteLength = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
  return { pieces: tiles.length === 1 ? [Uint8Array.from(Buffer.concat(pieces))] : pieces, byteLength }
}

/**
 * Returns the main header of a tile's code stream, with the sizes of the frame and of its tiles in SIZ (T.800 A.5.1).
 */
function frameHeader(tileHeader: Uint8Array<ArrayBuffer>, { rows, columns }: FrameLook): Uint8Array<ArrayBuffer> {
  const header = Buffer.from(tileHeader)
  header.writeUInt32BE(columns, sizSizeOffset)
  header.writeUInt32BE(rows, sizSizeOffset + 4)
  header.writeUInt32BE(Math.min(columns, tileSide), sizTileSizeOffset)
  header.writeUInt32BE(Math.min(rows, tileSide), sizTileSizeOffset + 4)
  return header
}

function range(
  tiles: readonly Uint8Array[],
  { bitsAllocated }: FrameLook,
): { readonly least: number; readonly greatest: number } {
  let least = 2 ** bitsAllocated - 1
  let greatest = 0
  for (const { buffer, byteOffset, byteLength } of new Set(tiles)) {
    const samples =
      bitsAllocated === 8
        ? new Uint8Array(buffer, byteOffset, byteLength)
        : new Uint16Array(buffer, byteOffset, byteLength / 2)
    for (const sample of samples) {
      if (sample < least) least = sample
      if (sample > greatest) greatest = sample
    }
  }
  return { least, greatest }
}

/** Returns the CRC-32 of a frame's samples, computed row by row. */
function checksum(grid: TileGrid, tiles: readonly Uint8Array[], look: FrameLook): number {
  const pixelLength = (look.bitsAllocated / 8) * look.samplesPerPixel
  const row = new Uint8Array(look.columns * pixelLength)
  let crc = 0
  for (let first = 0; first < tiles.length; first += grid.tilesAcross) {
    const across = grid.tiles.slice(first, first + grid.tilesAcross)
    for (let y = 0; y < (across[0]?.height ?? 0); y += 1) {
      let offset = 0
      for (const [index, { width }] of across.entries()) {
        const length = width * pixelLength
        row.set(tiles[first + index]?.subarray(y * length, (y + 1) * length) ?? [], offset)
        offset += length
      }
      crc = crc32(row, crc)
    }
  }
  return crc
}
