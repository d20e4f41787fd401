import { type Check, checkItems, checkNumber, checkObject, checkString, memberPath } from './check-shape.ts'
import { type ResolvedDocumentLimits, tooManyEntries } from './document-limits.ts'
import type {
  AttributeMap,
  FrameChecksum,
  ImageFrame,
  ImageSetMetadata,
  InstanceMetadata,
  JsonValue,
  PatientMetadata,
  SeriesMetadata,
  StudyMetadata,
} from './image-set-metadata.ts'

/**
 * Checks the shape of a parsed document and fills in missing maps and lists. It changes the document in place, because
 * copying a million frames takes longer than parsing them.
 */
export function readImageSet(document: JsonValue, { maxEntries }: ResolvedDocumentLimits): ImageSetMetadata {
  checkImageSet(document)
  if (entriesOfInstances(document) > maxEntries) throw tooManyEntries(maxEntries)
  return document
}

function checkImageSet(document: unknown): asserts document is ImageSetMetadata {
  checkObject(document, '')
  checkStudy(document['Study'])
  document['SchemaVersion'] = schemaVersion(document['SchemaVersion'])
  checkString(document['DatastoreID'], 'DatastoreID')
  checkString(document['ImageSetID'], 'ImageSetID')
  checkPatient((document['Patient'] ??= {}))
}

function checkPatient(patient: unknown): asserts patient is PatientMetadata {
  checkObject(patient, 'Patient')
  completeObject(patient, 'DICOM', 'Patient')
}

function checkStudy(study: unknown): asserts study is StudyMetadata {
  checkObject(study, 'Study')
  completeObject(study, 'DICOM', 'Study')
  checkMembers(completeObject(study, 'Series', 'Study'), 'Study.Series', checkSeries)
}

function checkSeries(series: unknown, path: string): asserts series is SeriesMetadata {
  checkObject(series, path)
  completeObject(series, 'DICOM', path)
  checkMembers(completeObject(series, 'Instances', path), `${path}.Instances`, checkInstance)
}

function checkInstance(instance: unknown, path: string): asserts instance is InstanceMetadata {
  checkObject(instance, path)
  checkOptional(instance, 'StoredTransferSyntaxUID', path, checkString)
  checkOptional(instance, 'ChecksumType', path, checkString)
  completeObject(instance, 'DICOM', path)
  checkVrs(completeObject(instance, 'DICOMVRs', path), `${path}.DICOMVRs`)
  instance['ImageFrames'] ??= []
  checkItems(instance['ImageFrames'], `${path}.ImageFrames`, checkFrame)
}

function checkFrame(frame: unknown, path: string): asserts frame is ImageFrame {
  checkObject(frame, path)
  checkString(frame['ID'], `${path}.ID`)
  checkOptional(frame, 'PixelDataChecksumFromBaseToFullResolution', path, checkChecksums)
  checkOptional(frame, 'FrameSizeInBytes', path, checkNumber)
  // `null` if AHI keeps the frame as it was encoded.
  if (frame['MinPixelValue'] != null) checkNumber(frame['MinPixelValue'], `${path}.MinPixelValue`)
  if (frame['MaxPixelValue'] != null) checkNumber(frame['MaxPixelValue'], `${path}.MaxPixelValue`)
}

function checkChecksums(checksums: unknown, path: string): void {
  checkItems(checksums, path, checkChecksum)
}

function checkChecksum(checksum: unknown, path: string): asserts checksum is FrameChecksum {
  checkObject(checksum, path)
  checkNumber(checksum['Width'], `${path}.Width`)
  checkNumber(checksum['Height'], `${path}.Height`)
  checkNumber(checksum['Checksum'], `${path}.Checksum`)
}

/** Returns the schema version as text. Some payloads in the developer guide have it as a number. */
function schemaVersion(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return String(value)
  checkString(value, 'SchemaVersion')
  return value
}

/** Checks a member unless it is missing. `null` counts as missing. */
function checkOptional(object: AttributeMap, key: string, path: string, check: Check): void {
  const value = object[key]
  if (value === null) delete object[key]
  else if (value !== undefined) check(value, `${path}.${key}`)
}

/** Returns the member `key`, which must be an object. Adds an empty object if the member is missing or `null`. */
function completeObject(object: AttributeMap, key: string, path: string): AttributeMap {
  const value = (object[key] ??= {})
  checkObject(value, `${path}.${key}`)
  return value
}

function checkMembers(object: AttributeMap, path: string, check: Check): void {
  for (const key of Object.keys(object)) check(object[key], memberPath(path, key))
}

/**
 * Checks that all VRs are text. It builds a path only for an error, because there is a VR for each private attribute of
 * each instance.
 */
function checkVrs(vrs: AttributeMap, path: string): void {
  for (const [key, vr] of Object.entries(vrs)) {
    if (typeof vr !== 'string') checkString(vr, memberPath(path, key))
  }
}

/**
 * Counts the entries of patient, study and series once for each instance, because readers visit each instance with
 * them.
 */
function entriesOfInstances({ Patient: patient, Study: study }: ImageSetMetadata): number {
  const shared = entriesOf(patient.DICOM) + entriesOf(study.DICOM)
  let entries = 0
  for (const series of Object.values(study.Series)) {
    entries += Object.keys(series.Instances).length * (shared + entriesOf(series.DICOM))
  }
  return entries
}

/**
 * Counts the entries of attributes. Text counts as one entry per 64 characters. It does not recurse, because the
 * document may be nested deeper than the stack allows.
 */
function entriesOf(attributes: AttributeMap): number {
  const open: JsonValue[] = [attributes]
  let entries = 0
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string') entries += value.length >> 6
    if (typeof value !== 'object' || value === null) continue
    const members = Object.values(value)
    entries += 1 + members.length
    for (const member of members) open.push(member)
  }
  return entries
}
