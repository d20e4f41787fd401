import type { PacketBits } from './packet-bits.ts'

/** A position in the grid and a threshold for its number. */
interface Comparison {
  readonly column: number
  readonly row: number
  readonly threshold: number
}

/**
 * A tag tree (T.800 B.10.2), which codes a number for each position of a grid. A comparison reads only the bits that it
 * needs.
 */
export interface TagTree {
  /** Returns true if the number at a position is less than a threshold. Reads bits until that is known. */
  isBelow(bits: PacketBits, comparison: Comparison): boolean
}

interface Level {
  readonly columns: number
  /** Lower bound of each number. */
  readonly atLeast: Uint32Array
  /** 1 if a number is known. */
  readonly isKnown: Uint8Array
}

/** Creates a tag tree with no bits read yet. */
export function createTagTree(columns: number, rows: number): TagTree {
  const levels: Level[] = []
  for (let [width, height] = [columns, rows]; ; [width, height] = [Math.ceil(width / 2), Math.ceil(height / 2)]) {
    const count = width * height
    levels.unshift({ columns: width, atLeast: new Uint32Array(count), isKnown: new Uint8Array(count) })
    if (count <= 1) break
  }
  return {
    isBelow(bits, { column, row, threshold }) {
      let least = 0
      let isKnown = false
      for (const [depth, level] of levels.entries()) {
        const scale = 2 ** (levels.length - 1 - depth)
        const node = Math.floor(row / scale) * level.columns + Math.floor(column / scale)
        least = Math.max(least, level.atLeast[node] ?? 0)
        while (least < threshold && level.isKnown[node] !== 1) {
          if (bits.read(1) === 1) level.isKnown[node] = 1
          else least += 1
        }
        level.atLeast[node] = least
        isKnown = level.isKnown[node] === 1
      }
      return isKnown && least < threshold
    },
  }
}
