import { checkObject, checkString, memberPath } from './check-shape.ts'
import { MetadataDocumentError } from './errors.ts'
import type { AttributeMap } from './image-set-metadata.ts'

/**
 * Checks that a parsed document has the parts that AHI writes into every document. Without the check, a document that
 * lost a part in transit would pass for an image set with fewer instances or attributes.
 *
 * @throws {MetadataDocumentError} if a part is missing
 */
export function checkWhole(document: unknown): void {
  checkObject(document, '')
  memberOf(memberOf(document, 'Patient', ''), 'DICOM', 'Patient')
  const study = memberOf(document, 'Study', '')
  checkString(memberOf(study, 'DICOM', 'Study')['StudyInstanceUID'], 'Study.DICOM.StudyInstanceUID')
  for (const [uid, series, path] of membersOf(study, 'Series', 'Study')) {
    checkUid(memberOf(series, 'DICOM', path), 'SeriesInstanceUID', { uid, path })
    for (const [uid, instance, instancePath] of membersOf(series, 'Instances', path)) {
      checkInstance(instance, uid, instancePath)
    }
  }
}

function checkInstance(instance: AttributeMap, uid: string, path: string): void {
  const attributes = memberOf(instance, 'DICOM', path)
  checkUid(attributes, 'SOPInstanceUID', { uid, path })
  // `DICOMVRs` is needed only for attributes that are not in the dictionary.
  if (Object.keys(attributes).some((key) => /^[\dA-F]{8}$/.test(key))) memberOf(instance, 'DICOMVRs', path)
}

/** Returns a member, which must be an object. */
function memberOf(level: AttributeMap, name: string, path: string): AttributeMap {
  const value = level[name]
  checkObject(value, path === '' ? name : `${path}.${name}`)
  return value
}

/** Yields the members of a map with their paths. The map must have at least one, and each must be an object. */
function* membersOf(
  level: AttributeMap,
  name: string,
  levelPath: string,
): Generator<[uid: string, member: AttributeMap, path: string]> {
  const members = Object.entries(memberOf(level, name, levelPath))
  if (members.length === 0) throw incomplete(`${levelPath}.${name}`, 'is empty')
  for (const [uid, value] of members) {
    const path = memberPath(`${levelPath}.${name}`, uid)
    checkObject(value, path)
    yield [uid, value, path]
  }
}

function checkUid(
  attributes: AttributeMap,
  keyword: string,
  { uid, path }: { readonly uid: string; readonly path: string },
): void {
  const value = attributes[keyword]
  checkString(value, `${path}.DICOM.${keyword}`)
  if (value.replaceAll(/[ \0]/g, '') !== uid) throw incomplete(`${path}.DICOM.${keyword}`, 'differs from its key')
}

function incomplete(path: string, why: string): MetadataDocumentError {
  return new MetadataDocumentError('METADATA_NOT_AN_IMAGE_SET', `it is JSON but not an image set: \`${path}\` ${why}`, {
    path,
  })
}
