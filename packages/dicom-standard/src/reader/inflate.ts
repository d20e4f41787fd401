import { inflateRaw } from '@ahi-dicom/runtime'
import { UnreadableFileError } from './unreadable-file-error.ts'

/** What a deflated data set may grow to: a bound against files made to fill the memory. */
const largestInflatedBytes = 2 ** 31 - 1

/** Inflates the data set that begins at an offset of its file (PS3.5 A.5). */
export function inflateDataSet(deflated: Uint8Array, offset: number): Uint8Array {
  try {
    return inflateRaw(deflated, { maxByteLength: largestInflatedBytes })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `the deflated data set, which begins at byte ${offset}, cannot be inflated: ${why}`
    throw new UnreadableFileError(message, { cause })
  }
}

/** What messages say an offset counts in. */
export const ofInflatedDataSet = ' of the inflated data set'
