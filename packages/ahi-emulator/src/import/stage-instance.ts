import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { formatTag, tags } from '@ahi-dicom/dicom-standard'
import { part10PrefixLength } from '@ahi-dicom/dicom-standard/part10'
import { lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { type Part10File, readPart10, UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import { attributesByLevel, type AttributesByLevel } from '../document/attribute-levels.ts'
import { encodeDataSet, type EncodedDataSet, type EncodeDataSetOptions } from '../document/encode-data-set.ts'
import { groupingKey } from '../document/grouping.ts'
import type { FrameStorageOptions } from '../pixels/stored-frames.ts'
import type { NewBulkData } from '../store/bulk-data.ts'
import type { NewFrame } from '../store/image-sets.ts'
import type { NewPixelData } from '../store/kept-pixel-data.ts'
import { createBulkDataCollector } from './bulk-data-collector.ts'
import { checkInstance } from './check-instance.ts'
import type { MetadataOverride, MetadataOverrides } from './metadata-overrides.ts'
import { stagePixels, type StagedPixels, type StagingWarning, type WriteToPack } from './stage-pixels.ts'

/** An instance that is ready to be added to an image set. */
export interface StagedInstance {
  readonly sopInstanceUid: string
  readonly seriesInstanceUid: string
  readonly groupingKey: string
  readonly levels: AttributesByLevel
  readonly metadata: InstanceMetadata
  readonly frames: readonly NewFrame[]
  /** Pixel data kept in one piece, because it could not be split into frames. */
  readonly pixelData: NewPixelData | undefined
  /** Binary values that are too large for the document. */
  readonly bulkData: readonly NewBulkData[]
  /** Changes and losses compared with the file. */
  readonly warnings: readonly StagingWarning[]
}

/** Options of {@link stageInstance}. */
export interface StageOptions extends FrameStorageOptions {
  readonly datastoreId: string
  readonly writeToPack: WriteToPack
  readonly overrides?: MetadataOverrides
}

/**
 * Converts a Part 10 file to the metadata and frames that AHI would store. Writes the bytes with `writeToPack`.
 * @throws {UnreadableFileError} if the file is rejected because of its data set
 */
export async function stageInstance(bytes: Uint8Array, options: StageOptions): Promise<StagedInstance> {
  const { form, datastoreId, writeToPack } = options
  const file = readPart10(bytes)
  if (file.transferSyntaxUid === '') throw new UnreadableFileError(whyNoTransferSyntax(file))
  const { extractBulkData, values, locate } = createBulkDataCollector()
  const fileMeta = encodeDataSet(file.fileMeta, { form })
  const override = options.overrides?.elementsFor(file.dataSet)
  const dataSet = withOverride(encodeDataSet(file.dataSet, { form, extractBulkData }), override, {
    form,
    extractBulkData,
  })
  const levels = attributesByLevel([...fileMeta.attributes, ...dataSet.attributes])
  const attributes = { ...levels.Instance, ...levels.Series, ...levels.Study, ...levels.Patient }
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = checkInstance(attributes)
  locate(
    `/datastore/${datastoreId}/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`,
  )
  const key = groupingKey(attributes)
  const pixels = await stagePixels(file, { ...options, sopInstanceUid, groupingKey: key })
  const bulkData: NewBulkData[] = []
  for (const [hash, value] of values) {
    bulkData.push({ hash, byteOffset: await writeToPack(key, value), byteLength: value.byteLength })
  }
  return {
    sopInstanceUid,
    seriesInstanceUid,
    groupingKey: key,
    levels: withColours(form === '2023' ? asIn2023(levels, file) : levels, pixels),
    metadata: { DICOM: {}, DICOMVRs: { ...fileMeta.vrs, ...dataSet.vrs }, ...pixels.metadata },
    frames: pixels.frames,
    pixelData: pixels.pixelData,
    bulkData,
    warnings: [
      ...pixels.warnings,
      ...lossWarnings(file, [...fileMeta.losses, ...dataSet.losses]),
      ...overrideWarnings(override),
    ],
  }
}

/**
 * Replaces attributes by an override. The override is encoded separately, because its text has another character set.
 */
function withOverride(
  dataSet: EncodedDataSet,
  override: MetadataOverride | undefined,
  options: EncodeDataSetOptions,
): EncodedDataSet {
  if (override === undefined || override.elements.size === 0) return dataSet
  const { attributes, vrs, losses } = encodeDataSet(override.elements, options)
  const replacing = attributes.filter(({ tag }) => tag !== tags.specificCharacterSet)
  const replaced = new Set(replacing.map(({ tag }) => tag))
  const kept = dataSet.attributes.filter(({ tag }) => !replaced.has(tag))
  return {
    attributes: [...kept, ...replacing].sort((a, b) => a.tag - b.tag),
    vrs: { ...dataSet.vrs, ...vrs },
    losses: [...dataSet.losses, ...losses],
  }
}

function overrideWarnings(override: MetadataOverride | undefined): StagingWarning[] {
  const names = (override?.discarded ?? []).map((tag) => lookUpTag(tag)?.keyword ?? formatTag(tag))
  if (names.length === 0) return []
  const message = `${names.join(', ')} of the metadata file cannot replace those of the imported file`
  return [{ name: 'ELEMENTS_DISCARDED', message }]
}

function whyNoTransferSyntax({ fileMeta }: Part10File): string {
  const reason = 'DICOM attribute TransferSyntaxUID does not exist'
  return fileMeta.size === 0 ? `${reason}: the file has no group 0002 at byte ${part10PrefixLength}` : reason
}

function lossWarnings({ repeated }: Part10File, ofDocument: readonly string[]): StagingWarning[] {
  const names = [...repeated].map(formatTag).join(', ')
  const ofReading = names === '' ? [] : [`of attributes that come more than once the last one is kept: ${names}`]
  return [...ofDocument, ...ofReading].map((message) => ({ message }))
}

/** Sets the PhotometricInterpretation of the stored samples, if it differs from the imported one. */
function withColours(levels: AttributesByLevel, { photometricInterpretation }: StagedPixels): AttributesByLevel {
  if (photometricInterpretation === undefined) return levels
  return { ...levels, Instance: { ...levels.Instance, PhotometricInterpretation: photometricInterpretation } }
}

/**
 * Converts attributes to the form of 2023: without the group length of group 2, and with PixelData as an empty
 * attribute.
 */
function asIn2023(levels: AttributesByLevel, { dataSet }: Part10File): AttributesByLevel {
  const { FileMetaInformationGroupLength: _, ...instance } = levels.Instance
  return { ...levels, Instance: { ...instance, ...(dataSet.has(tags.pixelData) ? { PixelData: null } : {}) } }
}
