import type { ImageSetInstance, ImageSetMetadata, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { dicomize, type DicomInstance } from '@ahi-dicom/dicomizer'
import { checksumBasis, createFrameSupply, type FrameSupply, type FrameSupplyParts } from './frame-supply.ts'
import { keepDecodedFrames, keepStoredFrames } from './keep-frames.ts'

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
export interface OpenInstanceOptions extends InstanceOptions {
  /** Bytes of frames that this instance may have in flight; one frame it may always have. */
  readonly maxBytes: number
  /** Frames that this instance may have in flight. */
  readonly maxFrames: number
  readonly onFetched?: ((byteLength: number) => void) | undefined
  /** Whether frames stay in memory once they were read, so that reading them again fetches nothing. Default false. */
  readonly keepFrames?: boolean | undefined
}

/** An entry of an image set's document, and the identifiers it was asked for with. */
export interface InstanceEntry {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly metadata: ImageSetMetadata
  readonly entry: ImageSetInstance
}

/** An instance that fetches its frames when it is read. */
export interface OpenInstance {
  readonly instance: DicomInstance
  /** The most bytes of fetched and decoded frames that reading the instance holds at a time. */
  readonly bytesInFlight: number
}

/** Of the shared memory, what one instance may take for its look-ahead: two keep each other's gaps filled. */
export const largestShare = 0.5

const explicitVrLittleEndian = '1.2.840.10008.1.2.1'

/** Until it has so many bytes of stored frames, dicomizer gathers them to write their offsets first. */
const gatheredBytes = 8 << 20

/**
 * Makes the DICOM instance of one entry of an image set. The image set's document is narrowed to the entry first, so
 * that each instance has frames, counts and a look-ahead of its own. Nothing is fetched.
 */
export function openInstance(
  parts: FrameSupplyParts,
  target: InstanceEntry,
  options: OpenInstanceOptions,
): OpenInstance {
  const { transferSyntax = 'explicit', headerOnly = false, verifyFrames = true, maxBytes, maxFrames } = options
  const { instance: metadata } = target.entry
  const supply = supplyOf(parts, target, options)
  const document = narrowed(target)
  const open = (frameConcurrency: number): DicomInstance => {
    const written = { transferSyntax, headerOnly, verifyFrames }
    return first(dicomize(document, { frameSource: supply, frameDecoder: supply, frameConcurrency, ...written }))
  }
  const instance = open(1)
  if (headerOnly || instance.frameCount === 0) return { instance, bytesInFlight: 0 }
  const stored = storedFrameBytes(metadata, instance)
  const perFrame = stored + Math.max(0, instance.frameByteLength)
  const window = Math.max(1, Math.min(instance.frameCount, maxFrames, Math.floor(maxBytes / perFrame)))
  const isEncapsulated = instance.transferSyntaxUid !== explicitVrLittleEndian
  const gathered = isEncapsulated ? Math.min(gatheredBytes, (instance.frameCount - window) * stored) : 0
  return { instance: window === 1 ? instance : open(window), bytesInFlight: window * perFrame + gathered }
}

function supplyOf(
  parts: FrameSupplyParts,
  { entry }: InstanceEntry,
  { transferSyntax, verifyFrames = true, onFetched, keepFrames = false }: OpenInstanceOptions,
): FrameSupply {
  const isStored = transferSyntax === 'stored'
  const { instance } = entry
  const supply = createFrameSupply(parts, { instance, decodesCopies: isStored && verifyFrames, onFetched })
  if (!keepFrames) return supply
  return isStored || checksumBasis(instance) !== 'pixels' ? keepStoredFrames(supply) : keepDecodedFrames(supply)
}

/** The size of the largest stored frame: `FrameSizeInBytes`, which in documents of 2023 is that of the decoded one. */
function storedFrameBytes({ ImageFrames: frames }: InstanceMetadata, { frameByteLength }: DicomInstance): number {
  return frames.reduce((largest, frame) => Math.max(largest, frame.FrameSizeInBytes ?? frameByteLength), 1)
}

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
