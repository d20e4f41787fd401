import { checkObject, checkString, memberPath } from './check-shape.ts'
import { MetadataDocumentError } from './errors.ts'
import type { AttributeMap } from './image-set-metadata.ts'

/**
 * Checks that a parsed document has what AHI writes into every one. A document that lost a part on its way would otherwise
 * pass for an image set with fewer instances or attributes.
 *
 * @throws {MetadataDocumentError} for one that lacks a part
 */
export function checkWhole(document: unknown): void {
  checkObject(document, '')
  attributesOf(document['Patient'], 'Patient')
  const study = attributesOf(document['Study'], 'Study')
  checkString(study['StudyInstanceUID'], 'Study.DICOM.StudyInstanceUID')
  checkObject(document['Study'], 'Study')
  for (const [uid, series, path] of membersOf(document['Study'], 'Series', 'Study')) {
    checkUid(attributesOf(series, path), 'SeriesInstanceUID', { uid, path })
    checkObject(series, path)
    for (const [uid, instance, instancePath] of membersOf(series, 'Instances', path))
      checkInstance(instance, uid, instancePath)
  }
}

function checkInstance(instance: unknown, uid: string, path: string): void {
  const attributes = attributesOf(instance, path)
  checkUid(attributes, 'SOPInstanceUID', { uid, path })
  checkObject(instance, path)
  // Only attributes that no dictionary knows need it.
  if (Object.keys(attributes).some((key) => /^[\dA-F]{8}$/.test(key)))
    checkObject(instance['DICOMVRs'], `${path}.DICOMVRs`)
}

function attributesOf(level: unknown, path: string): AttributeMap {
  checkObject(level, path)
  checkObject(level['DICOM'], `${path}.DICOM`)
  return level['DICOM']
}

/** Returns the members of a map that has at least one, with their paths. */
function membersOf(level: AttributeMap, name: string, path: string): [uid: string, value: unknown, path: string][] {
  const map = level[name]
  checkObject(map, `${path}.${name}`)
  const members = Object.entries(map)
  if (members.length === 0) throw incomplete(`${path}.${name}`, 'is empty')
  return members.map(([uid, value]) => [uid, value, memberPath(`${path}.${name}`, uid)])
}

function checkUid(
  attributes: AttributeMap,
  keyword: string,
  { uid, path }: { readonly uid: string; readonly path: string },
): void {
  const value = attributes[keyword]
  checkString(value, `${path}.DICOM.${keyword}`)
  if (value.replaceAll(/[ \0]/g, '') !== uid) throw incomplete(`${path}.DICOM.${keyword}`, 'is another one')
}

function incomplete(path: string, what: string): MetadataDocumentError {
  return new MetadataDocumentError('METADATA_NOT_AN_IMAGE_SET', `it is JSON but no image set: \`${path}\` ${what}`, {
    path,
  })
}
