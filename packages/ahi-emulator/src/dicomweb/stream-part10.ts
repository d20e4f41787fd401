import {
  explicitVrLittleEndian,
  htj2kLosslessRpcl,
  jpeg2000Lossless,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { createFrameReader, dicomizeInstance } from '@ahi-dicom/dicomizer'
import type { DicomInstance, DicomizeOptions, FrameSource, InstanceEntry } from '@ahi-dicom/dicomizer'
import type { OperationContext } from '../operation/operation.ts'
import type { FrameContent } from '../store/frame-content.ts'
import type { StoredPixelData } from '../store/kept-pixel-data.ts'
import type { Store } from '../store/store.ts'
import { hasFramesAsImported, storedTransferSyntax } from './find-instance.ts'
import type { FoundInstance } from './find-instance.ts'
import { asJpeg2000, jpeg2000Frames } from './jpeg2000-frames.ts'
import { decodedByteLength, isLargeFrame } from './native-strips.ts'
import { requiredFrame } from './required-frame.ts'
import { restoreBulkData } from './restore-bulk-data.ts'
import { startStream } from './start-stream.ts'
import { streamAsDescribed } from './stream-as-described.ts'
import { streamLargeFrames } from './stream-large-frames.ts'
import { streamKeptInstance } from './stream-kept-instance.ts'
import { isUnservable } from './unservable.ts'
import { withinMemory } from './within-memory.ts'

/** Most bytes of decoded frames that one answer holds at a time. A larger frame is held alone. */
const mostDecodedBytes = 32 * 1024 * 1024
const mostFrames = 4

/** Instances whose frames were all decoded once without a failure. */
const verifiedInstances = new WeakSet<object>()

/**
 * Streams an instance as a Part 10 file in a transfer syntax. `*` is the stored one. Losslessly stored frames are also
 * available in JPEG 2000 lossless. Returns `undefined` if any frame cannot be sent in the transfer syntax. The file is
 * built from the metadata document and the frames while it is sent.
 */
export async function streamPart10(
  found: FoundInstance,
  transferSyntax: string,
  context: OperationContext,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const pixelData = keptPixelData(found, context.store)
  if (pixelData !== undefined && !isKeptAs(transferSyntax, pixelData)) return undefined
  const { found: restored, insert } = await restoreBulkData(found, context.store)
  if (pixelData !== undefined) return startStream(insert(streamKeptInstance(restored, pixelData, context.store)))
  const large = await streamLargeFrames(restored, transferSyntax, context)
  if (large !== undefined) return startStream(insert(large))
  const instance = dicomInstance(restored, transferSyntax, context)
  if (!isIn(transferSyntax, instance)) return undefined
  try {
    const file = (): AsyncIterable<Uint8Array> => instance.part10({ frameConcurrency: frameConcurrency(instance) })
    await verifyDecoding(found, transferSyntax, file)
    const stream = await startStream(insert(file()))
    if (isIn(transferSyntax, instance)) return stream
    await stream.return()
  } catch (error) {
    if (!isUnservable(error)) throw error
    // Nothing else releases the frames that were read ahead.
    context.memory.release()
    if (transferSyntax === '*') return startStream(insert(streamAsDescribed(restored, context.store)))
  }
  return undefined
}

/**
 * Builds the file once and discards it, so that a frame that cannot be decoded fails before the answer begins. Only
 * needed for frames stored as imported, because imports have decoded all others. Done once per instance in memory.
 */
async function verifyDecoding(
  found: FoundInstance,
  transferSyntax: string,
  file: () => AsyncIterable<Uint8Array>,
): Promise<void> {
  const { instance } = found
  if (transferSyntax === '*' || !hasFramesAsImported(found) || verifiedInstances.has(instance)) return
  for await (const _ of file());
  verifiedInstances.add(instance)
}

/**
 * Returns true if the instance is sent in the requested transfer syntax. This is final only after the first frame was
 * read: a frame that cannot be decoded is sent encapsulated, as it is stored.
 */
function isIn(transferSyntax: string, instance: DicomInstance): boolean {
  return transferSyntax === '*' || transferSyntax === instance.transferSyntaxUid
}

function keptPixelData(
  { metadata, instance, sopInstanceUid }: FoundInstance,
  store: Store,
): StoredPixelData | undefined {
  if (instance.ImageFrames.length > 0) return undefined
  return store.pixelData.find(metadata.ImageSetID, sopInstanceUid)
}

/**
 * Returns true if pixel data kept in one piece is available in a transfer syntax. Encapsulated data is only available
 * as stored.
 */
function isKeptAs(transferSyntax: string, { isEncapsulated }: StoredPixelData): boolean {
  return transferSyntax === '*' || (!isEncapsulated && transferSyntax === explicitVrLittleEndian)
}

function dicomInstance(found: FoundInstance, transferSyntax: string, context: OperationContext): DicomInstance {
  const { decoder, memory, store } = context
  const settings: DicomizeOptions = {
    // Their checksum covers the stored bytes. Frames with a correct checksum take precedence over the
    // attributes.
    verifyFrames: hasFramesAsImported(found),
    losslessStorageFormat: found.datastore.losslessStorageFormat,
  }
  const copies = frameSource(store, (frame) => frame.copy())
  const largeBytes = isLargeFrame(found.instance) ? decodedByteLength(found.instance) : 0
  if (transferSyntax === explicitVrLittleEndian) {
    const frameReader = withinMemory(createFrameReader({ source: copies, decoder }), largeBytes, memory)
    return dicomizeInstance(entryOf(found), { ...settings, frameReader })
  }
  if (transferSyntax === jpeg2000Lossless && storedTransferSyntax(found) === htj2kLosslessRpcl) {
    const frameReader = createFrameReader({ source: jpeg2000Frames(copies, { decoder, memory, largeBytes }) })
    const transcoded = { ...found, instance: asJpeg2000(found.instance) }
    return dicomizeInstance(entryOf(transcoded), { ...settings, frameReader, transferSyntax: 'stored' })
  }
  const frameReader = createFrameReader({ source: frameSource(store, (frame) => frame.read()) })
  return dicomizeInstance(entryOf(found), { ...settings, frameReader, transferSyntax: 'stored' })
}

function entryOf({ metadata, seriesInstanceUid, sopInstanceUid, instance }: FoundInstance): InstanceEntry {
  return {
    datastoreId: metadata.DatastoreID,
    imageSetId: metadata.ImageSetID,
    seriesInstanceUid,
    sopInstanceUid,
    patient: metadata.Patient.DICOM,
    study: metadata.Study.DICOM,
    series: metadata.Study.Series[seriesInstanceUid]?.DICOM ?? {},
    instance,
  }
}

function frameConcurrency(instance: DicomInstance): number {
  const { frameByteLength } = instance.describe()
  const fitting = Math.floor(mostDecodedBytes / Math.max(1, frameByteLength))
  return Math.min(Math.max(1, fitting), mostFrames)
}

/** Returns a source of the store's frames. Frames to decode must be copies, because decoding transfers their memory. */
function frameSource(store: Store, take: (frame: FrameContent) => Promise<Uint8Array<ArrayBuffer>>): FrameSource {
  return {
    getImageFrame: async (request) => ({ data: await take(requiredFrame(request, store)) }),
    streamImageFrame(request) {
      const frame = requiredFrame(request, store)
      return Promise.resolve({ data: frame.stream(), byteLength: frame.byteLength })
    },
  }
}
