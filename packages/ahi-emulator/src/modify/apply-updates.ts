import { isDeepStrictEqual } from 'node:util'
import type {
  AttributeMap,
  ImageSetMetadata,
  InstanceMetadata,
  JsonValue,
  SeriesMetadata,
} from '@ahi-dicom/ahi-metadata'
import type { AttributePlace, InstancePlace, MetadataTree } from './metadata-tree.ts'
import { ModificationError } from './modification.ts'
import { rekeyDocument, type RenamedInstance } from './rekey-document.ts'

/** A changed document. */
export interface UpdatedDocument {
  readonly document: ImageSetMetadata
  readonly renamed: readonly RenamedInstance[]
}

interface Updates {
  readonly removable?: MetadataTree | undefined
  readonly updatable?: MetadataTree | undefined
}

/**
 * Returns the document of the next version: removes the parts in `removable`, then sets the attributes in `updatable`.
 * The given document is not changed.
 * @throws {ModificationError} if the document lacks something that is to be removed or changed
 */
export function applyUpdates(before: ImageSetMetadata, { removable, updatable }: Updates): UpdatedDocument {
  const document = structuredClone(before)
  if (removable !== undefined) removeTree(document, removable)
  if (updatable !== undefined) updateTree(document, updatable)
  if (Object.values(document.Study.Series).every(({ Instances }) => Object.keys(Instances).length === 0)) {
    throw new ModificationError('An image set must have instances. Delete the image set instead')
  }
  return rekeyDocument(document)
}

/**
 * Returns the removals at the Patient and Study levels that apply to another image set of the study. Attributes that it
 * lacks are left out, so that they are no error there.
 */
export function removalsFor({ Patient, Study }: ImageSetMetadata, removable: MetadataTree): MetadataTree {
  const levels = { Patient: Patient.DICOM, Study: Study.DICOM }
  const attributes = removable.attributes.filter(
    ({ level, key }) => (level === 'Patient' || level === 'Study') && Object.hasOwn(levels[level], key),
  )
  return { ...removable, attributes }
}

function removeTree(document: ImageSetMetadata, tree: MetadataTree): void {
  for (const { key, value, ...place } of tree.attributes) {
    removeEntry(attributesAt(document, place), { key, value, where: place.level })
  }
  for (const { key, value, ...place } of tree.vrs) {
    removeEntry(instanceAt(document, place).DICOMVRs, { key, value, where: 'Instance' })
  }
  for (const { key, level, ...place } of tree.attributes) {
    if (level === 'Instance' && 'sopInstanceUid' in place) dropUnusedVr(instanceAt(document, { level, ...place }), key)
  }
  for (const place of tree.wholeInstances) {
    instanceAt(document, place)
    delete seriesAt(document, place.seriesInstanceUid).Instances[place.sopInstanceUid]
  }
  for (const uid of tree.wholeSeries) {
    seriesAt(document, uid)
    delete document.Study.Series[uid]
  }
}

function removeEntry(
  entries: { [key: string]: JsonValue },
  { key, value, where }: { readonly key: string; readonly value: JsonValue; readonly where: string },
): void {
  if (!Object.hasOwn(entries, key) || !isDeepStrictEqual(entries[key], value)) {
    throw new ModificationError(`${key} does not have the value to remove at the ${where} level`)
  }
  delete entries[key]
}

/**
 * Removes a VR from DICOMVRs if no other attribute with its key is left. DICOMVRs also covers the items of sequences.
 */
function dropUnusedVr({ DICOM, DICOMVRs }: InstanceMetadata, key: string): void {
  if (Object.hasOwn(DICOMVRs, key) && !hasKey(DICOM, key)) delete DICOMVRs[key]
}

function hasKey(value: JsonValue, key: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some((item) => hasKey(item, key))
  return Object.hasOwn(value, key) || Object.values(value).some((member) => hasKey(member, key))
}

function updateTree(document: ImageSetMetadata, tree: MetadataTree): void {
  for (const place of tree.wholeInstances) instanceAt(document, place)
  for (const uid of tree.wholeSeries) seriesAt(document, uid)
  for (const { key, value, ...place } of tree.vrs) instanceAt(document, place).DICOMVRs[key] = value
  for (const { key, value, ...place } of tree.attributes) {
    attributesAt(document, place)[key] = value
    if (
      place.level === 'Instance' &&
      /^[\dA-F]{8}$/.test(key) &&
      instanceAt(document, place).DICOMVRs[key] === undefined
    ) {
      throw new ModificationError(`DICOMVRs has no VR for ${key}`)
    }
  }
}

function attributesAt(document: ImageSetMetadata, place: AttributePlace): AttributeMap {
  if (place.level === 'Instance') return instanceAt(document, place).DICOM
  if (place.level === 'Series') return seriesAt(document, place.seriesInstanceUid).DICOM
  return document[place.level].DICOM
}

function seriesAt({ Study }: ImageSetMetadata, seriesInstanceUid: string): SeriesMetadata {
  const series = Study.Series[seriesInstanceUid]
  if (series !== undefined) return series
  throw new ModificationError(`Series ${seriesInstanceUid} is not in the image set`)
}

function instanceAt(document: ImageSetMetadata, place: InstancePlace): InstanceMetadata {
  const instance = seriesAt(document, place.seriesInstanceUid).Instances[place.sopInstanceUid]
  if (instance !== undefined) return instance
  throw new ModificationError(`Instance ${place.sopInstanceUid} is not in the image set`)
}
