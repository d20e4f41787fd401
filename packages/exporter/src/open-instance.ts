import type { ImageSetInstance, ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { dicomize, type DicomInstance, type LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import { checksumBasis } from './checksum-basis.ts'
import { planFrameMemory, type FrameMemory, type FrameMemoryLimits } from './frame-memory.ts'
import { createFrameSupply, type FrameSupply, type FrameSupplyParts, type ReceivedFrame } from './frame-supply.ts'
import { keepDecodedFrames, keepStoredFrames } from './keep-frames.ts'
import { releasingSupply } from './release-frames.ts'

/** How instances are written. */
export interface InstanceOptions {
  /**
   * `explicit`: frames are decoded and written as Explicit VR Little Endian. `stored`: frames are encapsulated as AHI
   * keeps them. Default `explicit`, which every DICOM program reads.
   */
  readonly transferSyntax?: 'explicit' | 'stored' | undefined
  /** Only the attributes, no pixels; no frame is fetched. Default false. */
  readonly headerOnly?: boolean | undefined
  /** Whether `stored` frames are decoded to compare their checksums. Decoded frames always are. Default true. */
  readonly verifyFrames?: boolean | undefined
}

/** What opening an instance takes. */
export interface OpenInstanceOptions extends InstanceOptions, FrameMemoryLimits {
  /** Whether `release` will be called once the instance has been read. Default false. */
  readonly releasesFrames?: boolean | undefined
  readonly onFetched?: ((frame: ReceivedFrame) => void) | undefined
}

/** An entry of an image set's document, and the identifiers it was asked for with. */
export interface InstanceEntry {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly metadata: ImageSetMetadata
  readonly entry: ImageSetInstance
  readonly losslessStorageFormat: LosslessStorageFormat
}

/** An instance that fetches its frames when it is read. */
export interface OpenInstance extends Pick<FrameMemory, 'maxFrames' | 'bytesInFlight'> {
  readonly instance: DicomInstance
  /** Gives the memory of frames that were read back at once, where all of them are in memory together and not kept. */
  release(): void
}

/** Of the shared memory, what one instance may take for its frames: two keep each other's gaps filled. */
export const largestShare = 0.5

/**
 * Makes the DICOM instance of one entry of an image set. The image set's document is narrowed to the entry first, so
 * that each instance has frames, counts and a look-ahead of its own. Nothing is fetched.
 */
export function openInstance(
  parts: FrameSupplyParts,
  target: InstanceEntry,
  options: OpenInstanceOptions,
): OpenInstance {
  const { transferSyntax = 'explicit', headerOnly = false, verifyFrames = true, onFetched } = options
  const { losslessStorageFormat } = target
  const { instance: metadata } = target.entry
  const basis = checksumBasis(metadata, losslessStorageFormat)
  const decodesCopies = transferSyntax === 'stored' && verifyFrames
  const supply = createFrameSupply(parts, { instance: metadata, basis, decodesCopies, onFetched })
  const document = narrowed(target)
  const open = (frames: FrameSupply, frameConcurrency: number): DicomInstance => {
    const written = { transferSyntax, headerOnly, verifyFrames, losslessStorageFormat }
    return first(dicomize(document, { frameSource: frames, frameDecoder: frames, frameConcurrency, ...written }))
  }
  const instance = open(supply, 1)
  if (headerOnly || instance.frameCount === 0) return { instance, maxFrames: 1, bytesInFlight: 0, release: nothing }
  const { kept, window, ...memory } = planFrameMemory(metadata, instance, { ...options, basis })
  if (kept !== undefined) return { instance: open(keepers[kept](supply), window), ...memory, release: nothing }
  const { releaseFrame } = parts
  if (options.releasesFrames !== true || releaseFrame === undefined || window < instance.frameCount) {
    return { instance: window === 1 ? instance : open(supply, window), ...memory, release: nothing }
  }
  const releasing = releasingSupply(supply, releaseFrame)
  return { instance: open(releasing, window), ...memory, release: () => releasing.release() }
}

function nothing(): void {}

const keepers = { stored: keepStoredFrames, decoded: keepDecodedFrames }

function narrowed({ datastoreId, imageSetId, metadata, entry }: InstanceEntry): ImageSetMetadata {
  const { seriesInstanceUid, sopInstanceUid } = entry
  const Instances = { [sopInstanceUid]: entry.instance }
  const series = { ...metadata.Study.Series[seriesInstanceUid], DICOM: entry.series, Instances }
  const Study = { ...metadata.Study, Series: { [seriesInstanceUid]: series } }
  return { ...metadata, DatastoreID: datastoreId, ImageSetID: imageSetId, Study }
}

function first(instances: Iterable<DicomInstance>): DicomInstance {
  for (const instance of instances) return instance
  throw new TypeError('Expected one instance of a document that has one')
}
