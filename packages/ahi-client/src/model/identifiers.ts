import { type Subject, validationError } from '../errors/subject.ts'

/** The identifiers of a request, those that its error does not carry among them. */
interface Identifiers extends Subject {
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
}

const idForm = /^[0-9a-z]{32}$/
/** AHI keeps UIDs that are none of DICOM's, and longer ones. What could leave its place in a URL is none at all. */
const uidForm = /^[\w-][\w.-]{0,255}$/
const remedy = 'give the 32 digits and lower-case letters that AHI shows for it'

/**
 * Checks the identifiers of `subject` before any request is made.
 * @throws {AhiValidationError} for an identifier that AHI does not use
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

  function check(id: unknown, what: string): void {
    if (typeof id !== 'string' || !idForm.test(id)) throw validationError(subject, `the ${what} is malformed`, remedy)
  }

  function checkUid(uid: unknown, what: string): void {
    if (typeof uid === 'string' && uidForm.test(uid)) return
    throw validationError(subject, `the ${what} is malformed`, 'give that of the metadata document')
  }
}

/** @throws {AhiValidationError} for a transfer syntax that is neither a UID nor `*` */
export function checkTransferSyntax(transferSyntax: unknown, subject: Subject): void {
  if (typeof transferSyntax === 'string' && /^(\*|[0-9.]{1,64})$/.test(transferSyntax)) return
  throw validationError(subject, `the transfer syntax ${JSON.stringify(transferSyntax)} is no UID`, 'give one, or "*"')
}

/**
 * Checks a version; `undefined` is the latest.
 * @throws {AhiValidationError} for a version that is not a number in digits
 */
export function checkVersion(versionId: unknown, subject: Subject): void {
  if (versionId === undefined || (typeof versionId === 'string' && /^\d+$/.test(versionId))) return
  throw validationError(subject, `the version id ${JSON.stringify(versionId)} is malformed`, 'give digits, as "1"')
}

/** @throws {AhiValidationError} for a page size that the API does not take */
export function checkPageSize(pageSize: unknown, subject: Subject): void {
  if (pageSize === undefined || (Number.isInteger(pageSize) && Number(pageSize) >= 1 && Number(pageSize) <= 50)) return
  throw validationError(subject, `the page size ${JSON.stringify(pageSize)} is out of range`, 'give 1 to 50')
}
