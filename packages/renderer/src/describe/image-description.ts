/** A table of PS3.3 C.11.1, C.11.2 or C.7.6.3.1.5: what LUT Descriptor and LUT Data say. */
export interface LookupTable {
  /** The input value that gives the first entry; smaller inputs give it too. */
  readonly firstMapped: number
  /** Bits of one entry, the third value of the descriptor. */
  readonly bits: number
  /** The entries; inputs past the last one give the last one. */
  readonly entries: Uint8Array | Uint16Array
}

/** The three tables of a PALETTE COLOR image (PS3.3 C.7.6.3.1.5), segmented ones expanded. */
export interface Palette {
  readonly red: LookupTable
  readonly green: LookupTable
  readonly blue: LookupTable
}

/** A bitmap over the image, for one frame of it (PS3.3 C.9.2, C.9.3). */
export interface OverlayBitmap {
  readonly rows: number
  readonly columns: number
  /** Where its first point lies: row and column of the image, counted from 1. It may lie outside, and parts with it. */
  readonly origin: readonly [row: number, column: number]
  /** One bit a point, row by row, lowest bit first (PS3.5 8.1.2). */
  readonly data: Uint8Array
  /** The bit of `data` that is the first point: frames of an overlay follow each other bit by bit. Default 0. */
  readonly firstBit?: number | undefined
  /** OverlayType: R for a region of interest, all else is graphics. */
  readonly type?: string | undefined
}

/** An overlay in a bit of the samples that their values do not use (retired, OverlayBitPosition of PS3.3 C.9.2). */
export interface EmbeddedOverlay {
  /** Counted from 0, the lowest. */
  readonly bitPosition: number
  readonly type?: string | undefined
}

/** One overlay of a frame. */
export type Overlay = OverlayBitmap | EmbeddedOverlay

/** What of a data set says how a frame is shown. Names are those of PS3.6. */
export interface ImageDescription {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  /** Of the samples as they are now: a frame whose decoder undid YBR_RCT or YBR_ICT holds RGB, and either term is taken so. */
  readonly photometricInterpretation: string
  /** Bits above these are not part of a value (PS3.5 8.1.1) and are ignored. */
  readonly bitsStored: number
  /** Where values do not lie in the lowest bits: the highest bit of them (retired, but real). Default BitsStored - 1. */
  readonly highBit?: number | undefined
  /** 1 for two's complement. */
  readonly pixelRepresentation: number
  /** 1 when the samples lie colour by plane. Default 0. */
  readonly planarConfiguration?: number | undefined
  readonly rescaleSlope?: number | undefined
  readonly rescaleIntercept?: number | undefined
  /** Modality LUT Sequence; takes the place of slope and intercept. */
  readonly modalityLut?: LookupTable | undefined
  readonly windowCenter?: readonly number[] | undefined
  readonly windowWidth?: readonly number[] | undefined
  /** LINEAR (default), LINEAR_EXACT or SIGMOID (PS3.3 C.11.2.1.2 and C.11.2.1.3). */
  readonly voiLutFunction?: string | undefined
  /** First item of VOI LUT Sequence. */
  readonly voiLut?: LookupTable | undefined
  /** INVERSE turns the picture over as MONOCHROME1 does; both together turn it over once (PS3.3 C.11.6). */
  readonly presentationLutShape?: string | undefined
  /** Stored value that is no image; left out where a window is taken from the pixels (PS3.3 C.7.5.1.1.2). */
  readonly pixelPaddingValue?: number | undefined
  /** With `pixelPaddingValue` the other end of a range of such values. */
  readonly pixelPaddingRangeLimit?: number | undefined
  /** Required for PALETTE COLOR. */
  readonly palette?: Palette | undefined
  /** Those of this frame; drawn where the options ask for it. */
  readonly overlays?: readonly Overlay[] | undefined
}
