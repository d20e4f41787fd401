import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { InstanceLossError } from '../errors.ts'

/** Returns one error for all notices about losses, or an empty list without losses. */
export function lossOf(notices: readonly InstanceNotice[]): readonly InstanceLossError[] {
  const [first, ...others] = notices.filter(({ isLoss }) => isLoss)
  return first === undefined ? [] : [new InstanceLossError([first, ...others])]
}
