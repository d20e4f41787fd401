import {
  FrameDecodeError,
  FrameMismatchError,
  InstanceTooLargeError,
  MetadataError,
  UnsupportedTransferSyntaxError,
} from '@ahi-dicom/dicomizer'
import { CodeStreamError } from '@ahi-dicom/htj2k-decoder'

const unservable = [
  CodeStreamError,
  FrameDecodeError,
  FrameMismatchError,
  InstanceTooLargeError,
  MetadataError,
  UnsupportedTransferSyntaxError,
]

/** Returns true if an error means that frames or attributes cannot be sent in the requested form. */
export function isUnservable(error: unknown): boolean {
  return unservable.some((type) => error instanceof type)
}
