/** One tile of a frame. */
export interface GridTile {
  readonly width: number
  readonly height: number
}

/** A frame in tiles, row by row. */
export interface TileGrid {
  readonly tilesAcross: number
  readonly tiles: readonly GridTile[]
}

/**
 * A power of two, so large that a tile's coordinates halve evenly down to every resolution: then its packets do not
 * depend on where in the frame it is.
 */
export const tileSide = 512

/** Cuts a frame into tiles. */
export function tileGrid({ rows, columns }: { readonly rows: number; readonly columns: number }): TileGrid {
  const widths = sides(columns)
  return {
    tilesAcross: widths.length,
    tiles: sides(rows).flatMap((height) => widths.map((width) => ({ width, height }))),
  }
}

function sides(length: number): number[] {
  return Array.from({ length: Math.ceil(length / tileSide) }, (_, index) =>
    Math.min(tileSide, length - index * tileSide),
  )
}
