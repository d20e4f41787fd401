import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { InstanceLossError } from '../errors.ts'

/** Returns the error of the notices that tell of a loss, or none. */
export function lossOf(notices: readonly InstanceNotice[]): readonly InstanceLossError[] {
  const [first, ...others] = notices.filter(({ isLoss }) => isLoss)
  return first === undefined ? [] : [new InstanceLossError([first, ...others])]
}
