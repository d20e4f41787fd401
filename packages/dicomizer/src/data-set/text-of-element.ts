import type { DataElement } from './data-set.ts'
import { textOf, ValueFormError } from './encode-value.ts'
import { MetadataError, type InstanceIdentity } from '../errors.ts'
import { formatTag } from '@ahi-dicom/dicom-standard'

/**
 * Returns the text of an element. Several values are joined by backslashes.
 *
 * @throws {MetadataError} if the value is not text
 */
export function textOfElement({ tag, value }: DataElement, identity: InstanceIdentity): string {
  try {
    return textOf(value)
  } catch (error) {
    if (error instanceof ValueFormError) throw new MetadataError(identity, formatTag(tag), error.message)
    throw error
  }
}
