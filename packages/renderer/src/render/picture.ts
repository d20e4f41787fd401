/** A picture to show or to encode: row by row, colour by pixel, 0 is black. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** 1: grey. 3: red, green and blue. */
  readonly channels: 1 | 3
  /** Bits of one sample. `data` is a Uint8Array for 8 bits and a Uint16Array for 16. */
  readonly bits: 8 | 16
  readonly data: Uint8Array | Uint16Array
}
