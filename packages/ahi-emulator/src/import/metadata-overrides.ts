import { tags } from '@ahi-dicom/dicom-standard'
import { type DataElement, type DataSet, plainText } from '@ahi-dicom/dicom-standard/reader'
import { DicomJsonError, readDicomJson } from '../dicom/read-dicom-json.ts'
import type { ObjectFolder } from '../files/object-folder.ts'
import type { MetadataMapping } from '../store/import-jobs.ts'

/** Metadata that replaces attributes of imported files. */
export interface MetadataOverrides {
  /** Keys of the metadata files. */
  readonly keys: ReadonlySet<string>
  /**
   * Returns the elements for a file, and in `discarded` the tags of those that must not replace the file's elements.
   */
  elementsFor(file: DataSet): MetadataOverride
}

/** Elements for one file. */
export interface MetadataOverride {
  readonly elements: DataSet
  readonly discarded: readonly number[]
}

/** A metadata file cannot be used. The job fails before anything is imported. */
class MetadataFileError extends Error {
  override readonly name = 'MetadataFileError'
  readonly code = 'METADATA_FILE_UNUSABLE'
}

const identityTags = [tags.studyInstanceUid, tags.seriesInstanceUid, tags.sopInstanceUid] as const

interface MappedDataSet {
  readonly identity: readonly { readonly tag: number; readonly uid: string }[]
  readonly dataSet: DataSet
}

/** Reads the metadata files of a job. */
export async function readMetadataOverrides(
  mappings: readonly MetadataMapping[],
  folder: ObjectFolder,
): Promise<MetadataOverrides> {
  const mapped: MappedDataSet[] = []
  for (const mapping of mappings) {
    for (const dataSet of await readMetadataFile(mapping, folder)) mapped.push(mappedDataSet(mapping, dataSet))
  }
  // Metadata for a series takes precedence over that for its study, and metadata for an instance over both.
  mapped.sort((a, b) => a.identity.length - b.identity.length)
  return {
    keys: new Set(mappings.map(({ metadataFilePath }) => folder.keyOf(metadataFilePath))),
    elementsFor: (file) => overrideFor(file, mapped),
  }
}

async function readMetadataFile({ metadataFilePath }: MetadataMapping, folder: ObjectFolder): Promise<DataSet[]> {
  let bytes: Uint8Array
  try {
    bytes = await folder.read(folder.keyOf(metadataFilePath))
  } catch (cause) {
    throw new MetadataFileError(`The metadata file ${metadataFilePath} cannot be read`, { cause })
  }
  try {
    return readDicomJson(bytes)
  } catch (cause) {
    if (!(cause instanceof DicomJsonError)) throw cause
    throw new MetadataFileError(`The metadata file ${metadataFilePath} is not DICOM JSON: ${cause.message}`, { cause })
  }
}

/** Combines a data set with the UIDs that it applies to. They come from the mapping and from the data set itself. */
function mappedDataSet({ studyInstanceUID, seriesInstanceUID }: MetadataMapping, dataSet: DataSet): MappedDataSet {
  const ofMapping = new Map<number, string | undefined>([
    [tags.studyInstanceUid, studyInstanceUID],
    [tags.seriesInstanceUid, seriesInstanceUID],
  ])
  const identity = identityTags.flatMap((tag) => {
    const uids = new Set([ofMapping.get(tag) ?? '', plainText(dataSet.get(tag))].filter((uid) => uid !== ''))
    return [...uids].map((uid) => ({ tag, uid }))
  })
  return { identity, dataSet }
}

function overrideFor(file: DataSet, mapped: readonly MappedDataSet[]): MetadataOverride {
  const elements = new Map<number, DataElement>()
  const discarded = new Set<number>()
  for (const { identity, dataSet } of mapped) {
    if (!identity.every(({ tag, uid }) => plainText(file.get(tag)) === uid)) continue
    for (const [tag, element] of dataSet) {
      if (describesPixels(tag) || tag === tags.sopClassUid) discarded.add(tag)
      else elements.set(tag, element)
    }
  }
  return { elements, discarded: [...discarded] }
}

/** Attributes of the Image Pixel Module (PS3.3 C.7.6.3) that describe the frames, so they cannot be replaced. */
const pixelDescription: ReadonlySet<number> = new Set([
  tags.samplesPerPixel,
  tags.photometricInterpretation,
  tags.planarConfiguration,
  tags.numberOfFrames,
  tags.rows,
  tags.columns,
  tags.bitsAllocated,
  tags.bitsStored,
  tags.highBit,
  tags.pixelRepresentation,
])

function describesPixels(tag: number): boolean {
  return tag >>> 16 === tags.pixelData >>> 16 || pixelDescription.has(tag)
}
