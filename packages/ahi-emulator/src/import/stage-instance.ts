import { attributeLevel } from '@ahi-dicom/ahi-metadata'
import type { AttributeLevel, AttributeMap, ImageFrame, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { tagKey } from '../dicom/data-element.ts'
import { encodeDataSet } from '../dicom/encode-attributes.ts'
import type { DocumentForm, EncodedAttribute } from '../dicom/encode-attributes.ts'
import { readPart10 } from '../dicom/read-part10.ts'
import type { Part10File } from '../dicom/read-part10.ts'
import { Tag } from '../dicom/tags.ts'
import { UnreadableFileError } from '../errors.ts'
import { createId } from '../identifiers.ts'
import { storedPixelData } from '../pixels/stored-frames.ts'
import type { FrameStorageOptions, StoredFrame, StoredPixelData } from '../pixels/stored-frames.ts'
import type { NewFrame } from '../store/image-sets.ts'
import { checkInstance } from './check-instance.ts'
import { groupingKey } from './grouping.ts'

/** Attributes by level of the document. */
type AttributesByLevel = Readonly<Record<AttributeLevel, AttributeMap>>

/** An instance as it goes into an image set. */
export interface StagedInstance {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly groupingKey: string
  readonly levels: AttributesByLevel
  readonly metadata: InstanceMetadata
  readonly frames: readonly NewFrame[]
  /** What is not as in the file. */
  readonly warnings: readonly string[]
}

/** Puts the bytes of a frame into the pack of an image set, and says where they begin. */
type WriteFrame = (groupingKey: string, data: Uint8Array) => Promise<number>

/** What {@link stageInstance} needs besides the file. */
export interface StageOptions extends FrameStorageOptions {
  readonly writeFrame: WriteFrame
}

/**
 * Turns a Part 10 file into the metadata and frames that AHI would hold of it; frames go out through `writeFrame`.
 * @throws {UnreadableFileError} for a file that is rejected for its data set
 * @throws {UnstorableFrameError} for a file that is rejected for its pixels
 */
export async function stageInstance(bytes: Uint8Array, options: StageOptions): Promise<StagedInstance> {
  const { form } = options
  const file = readPart10(bytes)
  if (file.transferSyntaxUid === '') throw new UnreadableFileError('DICOM attribute TransferSyntaxUID does not exist')
  const fileMeta = encodeDataSet(file.fileMeta, { form })
  const dataSet = encodeDataSet(file.dataSet, { form })
  const levels = byLevel([...fileMeta.attributes, ...dataSet.attributes])
  const attributes = { ...levels.Instance, ...levels.Series, ...levels.Study, ...levels.Patient }
  const uids = checkInstance(attributes)
  const key = groupingKey(attributes)
  const pixelData = storedPixelData(file, options)
  const written = await writeFrames(pixelData, key, options)
  return {
    ...uids,
    groupingKey: key,
    levels: form === '2023' ? asIn2023(levels, file) : levels,
    metadata: {
      DICOM: {},
      DICOMVRs: { ...fileMeta.vrs, ...dataSet.vrs },
      ...pixelDataFields(pixelData, form),
      ImageFrames: written.map(({ imageFrame }) => imageFrame),
    },
    frames: written.map(({ newFrame }) => newFrame),
    warnings: pixelData?.warnings ?? [],
  }
}

function byLevel(attributes: readonly EncodedAttribute[]): AttributesByLevel {
  const levels: AttributesByLevel = { Patient: {}, Study: {}, Series: {}, Instance: {} }
  for (const { tag, key, value } of attributes) levels[attributeLevel(tagKey(tag))][key] = value
  return levels
}

/** Documents of 2023 have no group length of group 2, and PixelData as an empty attribute. */
function asIn2023(levels: AttributesByLevel, { dataSet }: Part10File): AttributesByLevel {
  const { FileMetaInformationGroupLength: _, ...instance } = levels.Instance
  return { ...levels, Instance: { ...instance, ...(dataSet.has(Tag.PixelData) ? { PixelData: null } : {}) } }
}

/** Neither key is in documents of 2023. What ChecksumType says of frames kept as imported is not known. */
function pixelDataFields(pixelData: StoredPixelData | undefined, form: DocumentForm): Partial<InstanceMetadata> {
  if (pixelData === undefined || form === '2023') return {}
  return {
    StoredTransferSyntaxUID: pixelData.storedTransferSyntaxUid,
    ...(pixelData.isTranscoded ? { ChecksumType: 'DECOMPRESSED' } : {}),
  }
}

interface WrittenFrame {
  readonly imageFrame: ImageFrame
  readonly newFrame: NewFrame
}

async function writeFrames(
  pixelData: StoredPixelData | undefined,
  key: string,
  { form, writeFrame }: StageOptions,
): Promise<WrittenFrame[]> {
  const written: WrittenFrame[] = []
  if (pixelData === undefined) return written
  for await (const frame of pixelData.frames) {
    const newFrame = {
      id: createId(),
      byteOffset: await writeFrame(key, frame.data),
      byteLength: frame.data.byteLength,
      transferSyntaxUid: pixelData.storedTransferSyntaxUid,
    }
    written.push({ imageFrame: describeFrame(newFrame.id, frame, form), newFrame })
  }
  return written
}

function describeFrame(id: string, frame: StoredFrame, form: DocumentForm): ImageFrame {
  return {
    ID: id,
    PixelDataChecksumFromBaseToFullResolution: frame.checksums,
    MinPixelValue: frame.least,
    MaxPixelValue: frame.greatest,
    FrameSizeInBytes: form === '2023' ? frame.decodedByteLength : frame.data.byteLength,
  }
}
