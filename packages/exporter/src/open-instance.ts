import type { ImageSetInstance, ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { dicomize, storedSyntax, type DicomInstance, type LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import { checksumBasis } from './checksum-basis.ts'
import { planFrameMemory, type FrameMemory, type FrameMemoryLimits } from './frame-memory.ts'
import { WholeInstanceError } from './errors.ts'
import { createFrameSupply, type FrameSupply, type FrameSupplyParts } from './frame-supply.ts'
import { createInstanceSupply, type InstanceSupply, type InstanceSupplyOptions } from './instance-supply.ts'
import { createReceived, type Received } from './received.ts'
import { keepDecodedFrames, keepStoredFrames, keepWholeInstances } from './keep-frames.ts'
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
  /**
   * Where pixels come from. `frames`: metadata and frames make up the file, and the whole instance serves where they
   * cannot. `instance`: AHI makes the file (GetDICOMInstance), at a twentieth of the rate. Default `frames`.
   */
  readonly source?: 'frames' | 'instance' | undefined
}

/** What opening an instance takes. */
export interface OpenInstanceOptions extends InstanceOptions, FrameMemoryLimits {
  /** Whether `release` will be called once the instance has been read. Default false. */
  readonly releasesFrames?: boolean | undefined
  readonly received?: Received | undefined
  /** Whether `source` is the way to the whole instance after its frames have failed. Default false. */
  readonly isFallback?: boolean | undefined
}

/** An entry of an image set's document, and the identifiers it was asked for with. */
export interface InstanceEntry {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly metadata: ImageSetMetadata
  readonly entry: ImageSetInstance
  readonly losslessStorageFormat: LosslessStorageFormat
  /** Of the image set: whole instances are of the latest version alone. */
  readonly isLatestVersion: boolean
}

/** An instance that fetches its frames when it is read. */
export interface OpenInstance extends Pick<FrameMemory, 'maxFrames' | 'bytesInFlight'> {
  readonly instance: DicomInstance
  /** Whether there is a whole instance to turn to where its frames cannot serve. */
  readonly hasWholeInstance: boolean
  /** Gives the memory of frames that were read back at once, where all of them are in memory together and not kept. */
  readonly release: () => void
  /** Ends what is still under way for the instance, such as a whole file of which a few frames were wanted. */
  readonly close: () => void
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
  const { transferSyntax = 'explicit', headerOnly = false, verifyFrames = true, source = 'frames' } = options
  const { received = createReceived() } = options
  const { losslessStorageFormat } = target
  const { instance: metadata } = target.entry
  const wholes = wholeInstance(parts, target, {
    received,
    isRequired: source === 'instance' && options.isFallback !== true,
  })
  const instanceSource = wholes && options.keepFrames === 'always' ? keepWholeInstances(wholes) : wholes
  if (source === 'instance' && !headerOnly && wholes === undefined) throw unavailable(target)
  const basis = checksumBasis(metadata, losslessStorageFormat)
  const decodesCopies = transferSyntax === 'stored' && verifyFrames
  const dropsCopies = decodesCopies && options.releasesFrames === true
  const supply = createFrameSupply(parts, { instance: metadata, basis, decodesCopies, dropsCopies, received })
  const frames = exchangeable(supply)
  const document = narrowed(target)
  const open = (frameConcurrency: number): DicomInstance => {
    const sources = { frameSource: frames, frameDecoder: frames, instanceSource, source }
    const written = { transferSyntax, headerOnly, verifyFrames, losslessStorageFormat }
    return first(dicomize(document, { ...sources, ...written, frameConcurrency }))
  }
  const instance = open(1)
  const hasWholeInstance = instance.source === 'frames' && instanceSource !== undefined
  const close = (): void => wholes?.close()
  const opened = { instance, hasWholeInstance, maxFrames: 1, bytesInFlight: 0, release: nothing, close }
  if (instance.source === 'none') return opened
  const { isVideo } = storedSyntax(metadata.StoredTransferSyntaxUID, losslessStorageFormat)
  const isStreamed = instance.source === 'instance' || (isVideo && supply.streamImageFrame !== undefined)
  if (isStreamed) return { ...opened, bytesInFlight: streamedBytes }
  const { kept, window, ...memory } = planFrameMemory(metadata, instance, { ...options, basis })
  const planned = { ...opened, ...memory, instance: window === 1 ? instance : open(window) }
  if (kept !== undefined) frames.exchange(keepers[kept](supply))
  const { releaseFrame } = parts
  const mayRelease = kept === undefined && options.releasesFrames === true && window >= instance.frameCount
  if (!mayRelease || releaseFrame === undefined) return planned
  const releasing = releasingSupply(supply, releaseFrame)
  frames.exchange(releasing)
  return { ...planned, release: () => releasing.release() }
}

/** Chunks of a body between the socket and the sink. */
const streamedBytes = 1 << 18

function wholeInstance(
  { instances, requests }: FrameSupplyParts,
  { entry, isLatestVersion }: InstanceEntry,
  options: Pick<InstanceSupplyOptions, 'received' | 'isRequired'>,
): InstanceSupply | undefined {
  if (instances === undefined || !isLatestVersion) return undefined
  return createInstanceSupply({ source: instances, requests }, { instance: entry.instance, ...options })
}

function unavailable({ imageSetId, isLatestVersion }: InstanceEntry): WholeInstanceError {
  const why = isLatestVersion
    ? 'the client has no `getDICOMInstance`'
    : 'AHI gives them of the latest version alone, and another one is selected; export that from its frames'
  return new WholeInstanceError(imageSetId, why)
}

/** A supply that becomes another one, since how frames are held is known only once there is an instance to ask. */
function exchangeable(supply: FrameSupply): FrameSupply & { exchange(next: FrameSupply): void } {
  let current = supply
  return {
    ...supply,
    getImageFrame: (request) => current.getImageFrame(request),
    decode: (codeStream, options) => current.decode(codeStream, options),
    exchange: (next) => void (current = next),
  }
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
