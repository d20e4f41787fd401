/** Options of {@link Emulator.addSyntheticImageSets}. */
export interface SyntheticImageSetOptions {
  /** Default: the emulator's default data store. */
  readonly datastoreId?: string | undefined
  /** Image sets to add, each a patient, study and series of its own. Default 1. */
  readonly imageSets?: number | undefined
  /** Instances of each. Default 1. */
  readonly instances?: number | undefined
  /** Frames of each instance. Default 1. */
  readonly frames?: number | undefined
  /** Default 512. */
  readonly rows?: number | undefined
  /** Default 512. */
  readonly columns?: number | undefined
  /** Default 16, of which 12 are stored. */
  readonly bitsAllocated?: 8 | 16 | undefined
  /** Default 1; 3 is RGB of 8 bits. */
  readonly samplesPerPixel?: 1 | 3 | undefined
  /**
   * Makes each instance one object of so many bytes, that goes by as an H.264 video and is none: AHI keeps the pixel data
   * of videos whole, as one frame.
   */
  readonly videoByteLength?: number | undefined
  /** Decides UIDs and pixels. Default 1. */
  readonly seed?: number | undefined
}

/** Settled options. */
export interface SyntheticSettings {
  readonly imageSets: number
  readonly instances: number
  readonly frames: number
  readonly rows: number
  readonly columns: number
  readonly bitsAllocated: 8 | 16
  readonly samplesPerPixel: 1 | 3
  readonly videoByteLength: number | undefined
  readonly seed: number
}

/** So that the tiles of a code stream begin where every resolution of it has a whole sample. */
const largestSide = 32_768
/** Room for the boxes that a video file begins with. */
const smallestVideo = 64

/** Fills and checks the options; a wrong one is a TypeError. */
export function syntheticSettings(options: SyntheticImageSetOptions): SyntheticSettings {
  const { bitsAllocated = options.samplesPerPixel === 3 ? 8 : 16, samplesPerPixel = 1, videoByteLength } = options
  const { imageSets = 1, instances = 1, frames = 1, rows = 512, columns = 512, seed = 1 } = options
  requireInteger({ imageSets, instances, frames }, { least: 1, greatest: Number.MAX_SAFE_INTEGER })
  requireInteger({ rows, columns }, { least: 1, greatest: largestSide })
  requireInteger({ seed }, { least: 0, greatest: Number.MAX_SAFE_INTEGER })
  if (videoByteLength !== undefined)
    requireInteger({ videoByteLength }, { least: smallestVideo, greatest: Number.MAX_SAFE_INTEGER })
  if (samplesPerPixel === 3 && bitsAllocated === 16) {
    throw new TypeError('Expected the `bitsAllocated` option to be 8 where `samplesPerPixel` is 3, got `16`')
  }
  return { imageSets, instances, frames, rows, columns, bitsAllocated, samplesPerPixel, videoByteLength, seed }
}

function requireInteger(
  options: Readonly<Record<string, number>>,
  { least, greatest }: { readonly least: number; readonly greatest: number },
): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isInteger(value) && value >= least && value <= greatest) continue
    throw new TypeError(
      `Expected the \`${name}\` option to be an integer from ${least} to ${greatest}, got \`${value}\``,
    )
  }
}
