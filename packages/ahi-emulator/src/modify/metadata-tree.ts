import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { isJsonObject, type JsonObject } from '../operation/json-body.ts'
import { ServiceError, validationError } from '../operation/service-error.ts'

/** The place of an attribute in a document. */
export type AttributePlace =
  | { readonly level: 'Patient' | 'Study' }
  | { readonly level: 'Series'; readonly seriesInstanceUid: string }
  | InstancePlace

/** The place of an instance in a document. */
export interface InstancePlace {
  readonly level: 'Instance'
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
}

/** One attribute of a partial document. */
export type TreeAttribute = AttributePlace & { readonly key: string; readonly value: JsonValue }

/** The parts of a partial metadata document, in the document's order. */
export interface MetadataTree {
  readonly attributes: readonly TreeAttribute[]
  /** Entries of DICOMVRs. `key` is a tag. */
  readonly vrs: readonly (InstancePlace & { readonly key: string; readonly value: string })[]
  /** Series given as `{}`, which stands for the whole series. */
  readonly wholeSeries: readonly string[]
  /** Instances given as `{}`, which stands for the whole instance. */
  readonly wholeInstances: readonly InstancePlace[]
}

/**
 * Keys that the service generates (developer guide, "DICOM metadata constraints"), and other keys that are not
 * attributes.
 */
const generatedKeys = new Set(
  (
    'SchemaVersion DatastoreID ImageSetID PixelData Checksum Width Height MinPixelValue MaxPixelValue FrameSizeInBytes ' +
    'ImageFrames PixelDataChecksumFromBaseToFullResolution StoredTransferSyntaxUID ChecksumType'
  ).split(' '),
)

interface MutableTree {
  readonly attributes: TreeAttribute[]
  readonly vrs: (InstancePlace & { readonly key: string; readonly value: string })[]
  readonly wholeSeries: string[]
  readonly wholeInstances: InstancePlace[]
}

/**
 * Parses a partial metadata document: `{ SchemaVersion, Patient: { DICOM }, Study: { DICOM, Series } }`.
 * @throws {ServiceError} ValidationException if the document has another form, or contains a key that the service
 *   generates
 */
export function readMetadataTree(text: string, name: string): MetadataTree {
  const document = parseObject(text, name)
  const tree: MutableTree = { attributes: [], vrs: [], wholeSeries: [], wholeInstances: [] }
  const { SchemaVersion: version, ...levels } = document
  if (version !== undefined && version !== '1.1' && version !== 1.1)
    throw validationError(`SchemaVersion of ${name} is not 1.1`)
  const { Patient, Study } = members(levels, ['Patient', 'Study'], name)
  readAttributes(members(Patient, ['DICOM'], `${name}.Patient`)['DICOM'], { level: 'Patient' }, tree)
  const study = members(Study, ['DICOM', 'Series'], `${name}.Study`)
  readAttributes(study['DICOM'], { level: 'Study' }, tree)
  for (const [uid, series] of Object.entries(object(study['Series'], `${name}.Study.Series`))) {
    readSeries(uid, series, tree)
  }
  return tree
}

function readSeries(seriesInstanceUid: string, value: unknown, tree: MutableTree): void {
  const name = `Series ${checkedUid(seriesInstanceUid)}`
  const series = members(value, ['DICOM', 'Instances'], name)
  if (Object.keys(series).length === 0) tree.wholeSeries.push(seriesInstanceUid)
  readAttributes(series['DICOM'], { level: 'Series', seriesInstanceUid }, tree)
  for (const [uid, instance] of Object.entries(object(series['Instances'], `${name}.Instances`))) {
    readInstance({ level: 'Instance', seriesInstanceUid, sopInstanceUid: checkedUid(uid) }, instance, tree)
  }
}

function readInstance(place: InstancePlace, value: unknown, tree: MutableTree): void {
  const name = `Instance ${place.sopInstanceUid}`
  const instance = members(value, ['DICOM', 'DICOMVRs'], name)
  if (Object.keys(instance).length === 0) tree.wholeInstances.push(place)
  readAttributes(instance['DICOM'], place, tree)
  for (const [key, vr] of Object.entries(object(instance['DICOMVRs'], `${name}.DICOMVRs`))) {
    if (!/^[\dA-F]{8}$/.test(key) || typeof vr !== 'string' || !/^[A-Z]{2}$/.test(vr)) {
      throw validationError(`DICOMVRs of instance ${place.sopInstanceUid} must map tags, such as 001910F9, to VRs`)
    }
    tree.vrs.push({ ...place, key, value: vr })
  }
}

function readAttributes(value: unknown, place: AttributePlace, tree: MutableTree): void {
  for (const [key, attribute] of Object.entries(object(value, `DICOM of the ${place.level} level`))) {
    refuseGenerated(key)
    if (!/^[A-Za-z][\dA-Za-z]*$|^[\dA-F]{8}$/.test(key)) {
      throw validationError('DICOM attributes must be keyed by keyword, or by tag such as 001910F9')
    }
    tree.attributes.push({ ...place, key, value: jsonValue(attribute) })
  }
}

function members(value: unknown, names: readonly string[], where: string): JsonObject {
  const found = object(value, where)
  for (const name of Object.keys(found)) {
    refuseGenerated(name)
    if (!names.includes(name)) throw validationError(`${where} can only have ${names.join(' and ')}`)
  }
  return found
}

function refuseGenerated(key: string): void {
  if (generatedKeys.has(key)) throw validationError(`${key} is generated by AWS HealthImaging and cannot be changed`)
}

function object(value: unknown, where: string): JsonObject {
  if (value === undefined) return {}
  if (!isJsonObject(value)) throw validationError(`${where} is not a JSON object`)
  return value
}

function parseObject(text: string, name: string): JsonObject {
  try {
    return object(JSON.parse(text), name)
  } catch (error) {
    if (error instanceof ServiceError) throw error
    throw validationError(`${name} is not JSON`)
  }
}

/** Returns a value that came from JSON.parse as a JSON value. */
function jsonValue(value: unknown): JsonValue {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it comes from JSON.parse
  return value as JsonValue
}

function checkedUid(uid: string): string {
  if (/^[\d.]{1,256}$/.test(uid)) return uid
  throw validationError('Series and instances must be keyed by UID')
}
