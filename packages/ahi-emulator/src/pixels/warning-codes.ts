/** Warnings about files that are imported nevertheless (developer guide, "Warning codes"). */
const warnings = {
  COERCION_OF_DATA_ELEMENTS: { code: 45_056, type: 'CoercionOfDataElements' },
  ELEMENTS_DISCARDED: { code: 45_062, type: 'ElementsDiscarded' },
  TRANSCODING_EXCEPTION: { code: 45_312, type: 'TranscodingException' },
  FRAMES_EXTRACTION_FAILURE: { code: 45_328, type: 'FramesExtractionFailure' },
  FRAME_NUMBER_MISMATCH: { code: 45_329, type: 'FrameNumberMismatch' },
  INVALID_OFFSET_TABLE: { code: 45_330, type: 'InvalidOffsetTable' },
  UNSUPPORTED_TRANSFER_SYNTAX: { code: 45_344, type: 'UnsupportedTransferSyntax' },
  // The guide's decimal number. Its hexadecimal number, BFFF, differs.
  OTHER: { code: 47_513, type: 'Other' },
} as const

/** Name of a warning in the developer guide. */
export type WarningName = keyof typeof warnings

/** Returns the code and type of a warning, as in the `WARNING` file of an import job. */
export function warningCode(name: WarningName): { readonly code: number; readonly type: string } {
  return warnings[name]
}
