import { type Subject, validationError } from '../errors/subject.ts'

/** The identifiers of a request, including the UIDs that an error does not carry. */
interface Identifiers extends Subject {
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
}

const idForm = /^[0-9a-z]{32}$/
/**
 * AHI also keeps UIDs that break DICOM's rules and longer ones. The form excludes anything that could change the path
 * of a URL.
 */
const uidForm = /^[\w-][\w.-]{0,255}$/
const remedy = 'give its 32 digits and lower-case letters, as AHI shows them'

/**
 * Checks the identifiers of `subject` before the request is sent.
 *
 * @throws {AhiValidationError} if an identifier does not have AHI's form
 */
export function checkIdentifiers(subject: Identifiers): void {
  const { operation, datastoreId, imageSetId, imageFrameId } = subject
  if (operation === 'ListDatastores') return
  check(datastoreId, 'data store id')
  if (operation === 'GetDatastore' || operation === 'SearchImageSets') return
  if (operation === 'GetDICOMInstance') {
    if (imageSetId !== undefined) check(imageSetId, 'image set id')
    checkUid(subject.studyInstanceUid, 'study instance UID')
    checkUid(subject.seriesInstanceUid, 'series instance UID')
    checkUid(subject.sopInstanceUid, 'SOP instance UID')
    return
  }
  check(imageSetId, 'image set id')
  if (operation === 'GetImageFrame') check(imageFrameId, 'image frame id')

  function check(id: unknown, name: string): void {
    if (typeof id !== 'string' || !idForm.test(id)) throw validationError(subject, `the ${name} is malformed`, remedy)
  }

  function checkUid(uid: unknown, name: string): void {
    if (typeof uid === 'string' && uidForm.test(uid)) return
    throw validationError(subject, `the ${name} is malformed`, 'give the UID from the metadata document')
  }
}

/**
 * Checks a transfer syntax.
 *
 * @throws {AhiValidationError} if it is neither a UID nor `*`
 */
export function checkTransferSyntax(transferSyntax: unknown, subject: Subject): void {
  if (typeof transferSyntax === 'string' && /^(\*|[0-9.]{1,64})$/.test(transferSyntax)) return
  throw validationError(
    subject,
    `the transfer syntax ${JSON.stringify(transferSyntax)} is not a UID`,
    'give a UID or "*"',
  )
}

/**
 * Checks a version. `undefined` means the latest.
 *
 * @throws {AhiValidationError} if it is not a number in digits
 */
export function checkVersion(versionId: unknown, subject: Subject): void {
  if (versionId === undefined || (typeof versionId === 'string' && /^\d+$/.test(versionId))) return
  throw validationError(subject, `the version id ${JSON.stringify(versionId)} is malformed`, 'give digits, such as "1"')
}

/**
 * Checks a page size.
 *
 * @throws {AhiValidationError} if the API does not accept it
 */
export function checkPageSize(pageSize: unknown, subject: Subject): void {
  if (pageSize === undefined || (Number.isInteger(pageSize) && Number(pageSize) >= 1 && Number(pageSize) <= 50)) return
  throw validationError(subject, `the page size ${JSON.stringify(pageSize)} is out of range`, 'give 1 to 50')
}
