import type { ContactSheetFormatOptions } from '@ahi-dicom/export-files'

/** Options of contact sheets. */
export interface SheetOptions {
  /** Writes contact sheets in addition to the formats. */
  readonly contactSheet?: true
  readonly sheetEncoding?: 'png' | 'jpg'
  readonly sheetTiles?: number
  readonly sheetColumns?: number
  /** Longest edge of a tile in pixels. */
  readonly sheetTileSize?: number
  readonly sheetPatientData?: true
  /** Quality of JPEGs, 1 to 100. */
  readonly quality?: number
}

/** Returns the options of the contact sheet format. Absent options have the defaults of the format. */
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

/** Returns true if an option is given that only contact sheets have. */
export function hasSheetOptions(options: SheetOptions): boolean {
  return Object.keys(sheetOptions(options)).length > 0
}
