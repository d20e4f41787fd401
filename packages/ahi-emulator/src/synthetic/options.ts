/** Options of {@link Emulator.addSyntheticImageSets}. */
export interface SyntheticImageSetOptions {
  /** Default: the emulator's default data store. */
  readonly datastoreId?: string | undefined
  /** Number of image sets to add. Each has a different patient, study and series. Default 1. */
  readonly imageSets?: number | undefined
  /** Instances per image set. Default 1. */
  readonly instances?: number | undefined
  /** Frames per instance. Default 1. */
  readonly frames?: number | undefined
  /** Default 512. */
  readonly rows?: number | undefined
  /** Default 512. */
  readonly columns?: number | undefined
  /** Default 16, with 12 bits stored. 8 for colour. */
  readonly bitsAllocated?: 8 | 16 | undefined
  /** Default 1. 3 is RGB with 8 bits per sample. */
  readonly samplesPerPixel?: 1 | 3 | undefined
  /**
   * Makes each instance a single object of this many bytes, labelled as H.264 video. It is not a playable video. AHI
   * stores the pixel data of a video as one frame.
   */
  readonly videoByteLength?: number | undefined
  /** Seed of UIDs and pixels. Default 1. */
  readonly seed?: number | undefined
}

/** Options with their defaults applied. */
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

/** Largest number of rows or columns. Up to this size, tiles begin at a whole sample in every resolution. */
const largestSide = 32_768
/** Smallest video in bytes, with room for the boxes at its beginning. */
const smallestVideo = 64

/**
 * Validates the options and applies their defaults.
 * @throws {TypeError} if an option is invalid
 */
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
