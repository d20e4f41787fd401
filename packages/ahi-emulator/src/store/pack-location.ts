import { integerColumn, textColumn, type Row } from './row.ts'

/** Where bytes are in a pack. */
export interface PackLocation {
  /** Relative to the data folder. */
  readonly packPath: string
  readonly byteOffset: number
  readonly byteLength: number
}

/** Reads a location of any query that joins packs. */
export function readPackLocation(row: Row): PackLocation {
  return {
    packPath: textColumn(row, 'path'),
    byteOffset: integerColumn(row, 'byte_offset'),
    byteLength: integerColumn(row, 'byte_length'),
  }
}
