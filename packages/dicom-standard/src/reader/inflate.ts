import { inflateRaw } from '@ahi-dicom/runtime'
import { UnreadableFileError } from './unreadable-file-error.ts'

/** Largest size of an inflated data set. It keeps hostile files from filling the memory. */
const largestInflatedBytes = 2 ** 31 - 1

/**
 * Inflates the data set that begins at an offset of its file (PS3.5 A.5).
 *
 * @throws {UnreadableFileError} if it cannot be inflated
 */
export function inflateDataSet(deflated: Uint8Array, offset: number): Uint8Array {
  try {
    return inflateRaw(deflated, { maxByteLength: largestInflatedBytes })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `the deflated data set at byte ${offset} cannot be inflated: ${why}`
    throw new UnreadableFileError(message, { cause })
  }
}

/** Text after the offsets in messages about an inflated data set. */
export const ofInflatedDataSet = ' of the inflated data set'
