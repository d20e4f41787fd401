import type { Window } from './voi.ts'

/** How {@link renderFrame} is to show a frame. */
export interface RenderOptions {
  /** In values of the modality; takes the place of what the data set says. Grey images only. */
  readonly window?: Window | undefined
  /** Which window of the data set, counted from 0, instead of its VOI LUT or first window. Grey images only. */
  readonly windowIndex?: number | undefined
  /**
   * Bits of a sample of the picture, default 8. With 16 and no window, grey images of at most 16 bits keep their
   * stored values as they are, signed ones raised by 2^(BitsStored - 1), with no LUT and no inversion; everything
   * else (colour, palettes, wider integers, real numbers, a window asked for) is rendered to the full 16-bit range.
   */
  readonly bits?: 8 | 16 | undefined
  /** Whether the overlays of the description are drawn, default false. */
  readonly overlays?: boolean | undefined
}
