import { MetadataDocumentError } from './errors.ts'
import type {
  AttributeMap,
  FrameChecksum,
  ImageFrame,
  ImageSetMetadata,
  InstanceMetadata,
  JsonValue,
  SeriesMetadata,
} from './image-set-metadata.ts'

/** Checks the shape of a parsed document and fills the maps and lists that it leaves out. */
export function readImageSet(document: JsonValue): ImageSetMetadata {
  const imageSet = requireObject(document, '')
  const study = requireObject(imageSet['Study'], 'Study')
  return {
    ...imageSet,
    SchemaVersion: schemaVersion(imageSet['SchemaVersion']),
    DatastoreID: requireString(imageSet['DatastoreID'], 'DatastoreID'),
    ImageSetID: requireString(imageSet['ImageSetID'], 'ImageSetID'),
    Patient: readPatient(imageSet['Patient']),
    Study: {
      ...study,
      DICOM: optionalObject(study['DICOM'], 'Study.DICOM'),
      Series: mapObject(study['Series'], 'Study.Series', readSeries),
    },
  }
}

function readPatient(value: JsonValue | undefined): { DICOM: AttributeMap } {
  const patient = optionalObject(value, 'Patient')
  return { ...patient, DICOM: optionalObject(patient['DICOM'], 'Patient.DICOM') }
}

function readSeries(value: JsonValue, path: string): SeriesMetadata {
  const series = requireObject(value, path)
  return {
    ...series,
    DICOM: optionalObject(series['DICOM'], `${path}.DICOM`),
    Instances: mapObject(series['Instances'], `${path}.Instances`, readInstance),
  }
}

function readInstance(value: JsonValue, path: string): InstanceMetadata {
  const instance = withoutNull(requireObject(value, path), ['StoredTransferSyntaxUID', 'ChecksumType'])
  return {
    ...instance,
    ...optionalString(instance, 'StoredTransferSyntaxUID', path),
    ...optionalString(instance, 'ChecksumType', path),
    DICOM: optionalObject(instance['DICOM'], `${path}.DICOM`),
    DICOMVRs: mapObject(instance['DICOMVRs'], `${path}.DICOMVRs`, requireString),
    ImageFrames: mapArray(instance['ImageFrames'], `${path}.ImageFrames`, readFrame),
  }
}

function readFrame(value: JsonValue, path: string): ImageFrame {
  const frame = withoutNull(requireObject(value, path), [
    'PixelDataChecksumFromBaseToFullResolution',
    'FrameSizeInBytes',
  ])
  const checksums = frame['PixelDataChecksumFromBaseToFullResolution']
  return {
    ...frame,
    ID: requireString(frame['ID'], `${path}.ID`),
    ...(checksums !== undefined && { PixelDataChecksumFromBaseToFullResolution: readChecksums(checksums, path) }),
    ...optionalPixelValue(frame, 'MinPixelValue', path),
    ...optionalPixelValue(frame, 'MaxPixelValue', path),
    ...optionalNumber(frame, 'FrameSizeInBytes', path),
  }
}

function readChecksums(value: JsonValue, path: string): FrameChecksum[] {
  return mapArray(value, `${path}.PixelDataChecksumFromBaseToFullResolution`, readChecksum)
}

function readChecksum(value: JsonValue, path: string): FrameChecksum {
  const checksum = requireObject(value, path)
  return {
    ...checksum,
    Width: requireNumber(checksum['Width'], `${path}.Width`),
    Height: requireNumber(checksum['Height'], `${path}.Height`),
    Checksum: requireNumber(checksum['Checksum'], `${path}.Checksum`),
  }
}

/** The guide's own payloads write the version as a number in places. */
function schemaVersion(value: JsonValue | undefined): string {
  return typeof value === 'number' ? String(value) : value == null ? '' : requireString(value, 'SchemaVersion')
}

/** A copy in which `null` of the named keys counts as missing; the order of the keys stays. */
function withoutNull(object: AttributeMap, keys: readonly string[]): AttributeMap {
  if (!keys.some((key) => object[key] === null)) return object
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => value !== null || !keys.includes(key)))
}

function optionalString<Key extends string>(object: AttributeMap, key: Key, path: string): { [name in Key]?: string } {
  const entry: { [name in Key]?: string } = {}
  if (object[key] !== undefined) entry[key] = requireString(object[key], `${path}.${key}`)
  return entry
}

function optionalNumber<Key extends string>(object: AttributeMap, key: Key, path: string): { [name in Key]?: number } {
  const entry: { [name in Key]?: number } = {}
  if (object[key] !== undefined) entry[key] = requireNumber(object[key], `${path}.${key}`)
  return entry
}

function optionalPixelValue<Key extends string>(
  object: AttributeMap,
  key: Key,
  path: string,
): { [name in Key]?: number | null } {
  return object[key] === null ? {} : optionalNumber(object, key, path)
}

function mapObject<Item>(
  value: JsonValue | undefined,
  path: string,
  read: (item: JsonValue, path: string) => Item,
): { [key: string]: Item } {
  const entries = Object.entries(optionalObject(value, path))
  return Object.fromEntries(entries.map(([key, item]) => [key, read(item, `${path}["${key.slice(0, 64)}"]`)]))
}

function mapArray<Item>(
  value: JsonValue | undefined,
  path: string,
  read: (item: JsonValue, path: string) => Item,
): Item[] {
  if (value == null) return []
  if (!Array.isArray(value)) throw mismatch(path, value, 'an array')
  return value.map((item, index) => read(item, `${path}[${index}]`))
}

function optionalObject(value: JsonValue | undefined, path: string): AttributeMap {
  return value == null ? {} : requireObject(value, path)
}

function requireObject(value: JsonValue | undefined, path: string): AttributeMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(path, value, 'an object')
  return value
}

function requireString(value: JsonValue | undefined, path: string): string {
  if (typeof value !== 'string') throw mismatch(path, value, 'a string')
  return value
}

function requireNumber(value: JsonValue | undefined, path: string): number {
  if (typeof value !== 'number') throw mismatch(path, value, 'a number')
  return value
}

function mismatch(path: string, value: JsonValue | undefined, expected: string): MetadataDocumentError {
  const what = path === '' ? 'the whole of it' : `\`${path}\``
  const why = `it is JSON but no image set: ${what} is ${kindOf(value)}, not ${expected}`
  return new MetadataDocumentError('METADATA_NOT_AN_IMAGE_SET', why, { path })
}

function kindOf(value: JsonValue | undefined): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
