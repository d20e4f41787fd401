/** One tile of a frame. */
export interface GridTile {
  readonly width: number
  readonly height: number
}

/** The tiles of a frame, row by row. */
export interface TileGrid {
  readonly tilesAcross: number
  readonly tiles: readonly GridTile[]
}

/**
 * Side of a tile in pixels. It is a power of two that divides evenly down to the lowest resolution, so that the packets
 * of a tile do not depend on its position in the frame.
 */
export const tileSide = 512

/** Divides a frame into tiles. */
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
