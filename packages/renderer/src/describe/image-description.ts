/** A lookup table (PS3.3 C.11.1, C.11.2 or C.7.6.3.1.5), from its LUT Descriptor and LUT Data. */
export interface LookupTable {
  /** Inputs up to this value map to the first entry. */
  readonly firstMapped: number
  /** Bits of one entry: the third value of the descriptor. */
  readonly bits: number
  /** Inputs past the last entry map to the last entry. */
  readonly entries: Uint8Array | Uint16Array
}

/** The three tables of a PALETTE COLOR image (PS3.3 C.7.6.3.1.5). Segmented ones are expanded. */
export interface Palette {
  readonly red: LookupTable
  readonly green: LookupTable
  readonly blue: LookupTable
}

/** A bitmap over one frame of an image (PS3.3 C.9.2, C.9.3). */
export interface OverlayBitmap {
  readonly rows: number
  readonly columns: number
  /** Row and column of the image under its first point, counted from 1. The bitmap may extend past the image. */
  readonly origin: readonly [row: number, column: number]
  /** One bit per point, row by row, lowest bit first (PS3.5 8.1.2). */
  readonly data: Uint8Array
  /**
   * Offset of the first point in `data`, in bits. The frames of an overlay follow each other without padding. Default
   * 0.
   */
  readonly firstBit?: number | undefined
  /** OverlayType: R is a region of interest. Every other value is graphics. */
  readonly type?: string | undefined
}

/** An overlay in an unused bit of the samples (retired; OverlayBitPosition, PS3.3 C.9.2). */
export interface EmbeddedOverlay {
  /** Counted from 0, the lowest bit. */
  readonly bitPosition: number
  readonly type?: string | undefined
}

/** One overlay of a frame. */
export type Overlay = OverlayBitmap | EmbeddedOverlay

/** The attributes that say how a frame is shown. Members are named after their keywords in PS3.6. */
export interface ImageDescription {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  /** Describes the decoded samples. YBR_RCT and YBR_ICT are read as RGB, because decoders undo these transforms. */
  readonly photometricInterpretation: string
  /** Bits of a sample that are not part of its value (PS3.5 8.1.1) are ignored. */
  readonly bitsStored: number
  /** Highest bit of a value. Values that are not in the lowest bits are retired, but exist. Default BitsStored - 1. */
  readonly highBit?: number | undefined
  /** 1: samples are signed (two's complement). */
  readonly pixelRepresentation: number
  /** 1: samples are stored colour by plane. 0: colour by pixel. Default 0. */
  readonly planarConfiguration?: number | undefined
  readonly rescaleSlope?: number | undefined
  readonly rescaleIntercept?: number | undefined
  /** First item of Modality LUT Sequence. Used instead of slope and intercept. */
  readonly modalityLut?: LookupTable | undefined
  readonly windowCenter?: readonly number[] | undefined
  readonly windowWidth?: readonly number[] | undefined
  /** LINEAR (default), LINEAR_EXACT or SIGMOID (PS3.3 C.11.2.1.2 and C.11.2.1.3). */
  readonly voiLutFunction?: string | undefined
  /** First item of VOI LUT Sequence. */
  readonly voiLut?: LookupTable | undefined
  /** INVERSE inverts the picture as MONOCHROME1 does. Both together invert it once (PS3.3 C.11.6). */
  readonly presentationLutShape?: string | undefined
  /** Stored value outside the image. Ignored if the window is computed from the pixels (PS3.3 C.7.5.1.1.2). */
  readonly pixelPaddingValue?: number | undefined
  /** The other end of a range of padding values that starts at `pixelPaddingValue`. */
  readonly pixelPaddingRangeLimit?: number | undefined
  /** Required for PALETTE COLOR. */
  readonly palette?: Palette | undefined
  /** Overlays of this frame. Drawn only if the options say so. */
  readonly overlays?: readonly Overlay[] | undefined
}
