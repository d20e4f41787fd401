import type { ContactSheetFormatOptions } from '@ahi-dicom/export-files'

/** Options of contact sheets. */
export interface SheetOptions {
  /** Whether there are contact sheets beside the formats. */
  readonly contactSheet?: true
  readonly sheetEncoding?: 'png' | 'jpg'
  readonly sheetTiles?: number
  readonly sheetColumns?: number
  /** Longest edge of a tile in pixels. */
  readonly sheetTileSize?: number
  readonly sheetPatientData?: true
  /** Of JPEGs, 1 to 100. */
  readonly quality?: number
}

/** Returns the options of the format that the command line gives. */
export function sheetOptions(options: SheetOptions): ContactSheetFormatOptions {
  const { sheetEncoding, sheetTiles, sheetColumns, sheetTileSize, sheetPatientData, quality } = options
  return {
    ...(sheetEncoding !== undefined && { encoding: sheetEncoding }),
    ...(sheetEncoding === 'jpg' && quality !== undefined && { quality }),
    ...(sheetTiles !== undefined && { count: sheetTiles }),
    ...(sheetColumns !== undefined && { columns: sheetColumns }),
    ...(sheetTileSize !== undefined && { size: sheetTileSize }),
    ...(sheetPatientData === true && { withPatientData: true }),
  }
}

/** Returns whether an option is given that only contact sheets have. */
export function hasSheetOptions(options: SheetOptions): boolean {
  return Object.keys(sheetOptions(options)).length > 0
}
