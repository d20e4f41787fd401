import type { Window } from '../describe/window.ts'

/** Options of {@link renderFrame}. */
export interface RenderOptions {
  /** Window in values of the modality, for grey images only. Default: the VOI LUT or first window of the data set. */
  readonly window?: Window | undefined
  /** Window of the data set to use, counted from 0. Default: its VOI LUT, else its first window. Grey images only. */
  readonly windowIndex?: number | undefined
  /**
   * Bits of a sample of the picture. Default 8. With 16 bits and no window, grey images of at most 16 bits keep their
   * stored values: no LUT, no inversion, signed values raised by 2^(BitsStored - 1). All others (colour, palettes,
   * wider integers, float pixels, a window in the options) are rendered to the full 16-bit range.
   */
  readonly bits?: 8 | 16 | undefined
  /** Draws the overlays of the description. Default false. */
  readonly overlays?: boolean | undefined
}
