import { integerColumn, textColumn, type Row } from './row.ts'

/** The location of bytes in a pack. */
export interface PackLocation {
  /** Path relative to the data folder. */
  readonly packPath: string
  readonly byteOffset: number
  readonly byteLength: number
}

/** Reads a location from a row of a query that joins packs. */
export function readPackLocation(row: Row): PackLocation {
  return {
    packPath: textColumn(row, 'path'),
    byteOffset: integerColumn(row, 'byte_offset'),
    byteLength: integerColumn(row, 'byte_length'),
  }
}
