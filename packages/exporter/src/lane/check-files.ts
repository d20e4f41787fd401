import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { Format, StoredFile, WrittenFile } from '@ahi-dicom/export-files'
import { FileNotReportedError } from '../errors.ts'

/**
 * Checks that at least one file of an instance was written. An instance without pixels needs none if all formats make
 * only pictures.
 *
 * @throws {FileNotReportedError} if no file was written, or the destination does not report path, size and SHA-256
 */
export function checkFiles(files: readonly WrittenFile[], instance: DicomInstance, formats: readonly Format[]): void {
  if (files.length === 0 && formats.some((format) => makesFile(format, instance))) {
    throw new FileNotReportedError('the formats made no file for the instance')
  }
  checkStored(files)
}

/**
 * Checks that the destination reports path, size and SHA-256 of each file.
 *
 * @throws {FileNotReportedError} if it does not
 */
export function checkStored(files: readonly StoredFile[]): void {
  if (!files.every(isStored)) throw new FileNotReportedError('the destination does not report path, size and SHA-256')
}

function makesFile({ readsPixels, frames, leastFrames = 0 }: Format, { pictureCount }: DicomInstance): boolean {
  if (pictureCount < leastFrames) return false
  return !readsPixels || (frames?.count(pictureCount) ?? pictureCount) > 0
}

/** Returns true if all members are valid. A destination written by the caller may return anything. */
function isStored({ path, byteLength, sha256 }: Partial<StoredFile>): boolean {
  const isNamed = typeof path === 'string' && path !== ''
  const hasSize = Number.isSafeInteger(byteLength) && Number(byteLength) >= 0
  return isNamed && hasSize && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
}
