import { decode as decodeFrame } from '@ahi-dicom/htj2k-decoder/worker'
import type { DecodeTask } from '@ahi-dicom/htj2k-decoder/worker'

/** A worker that hangs, dies or throws if the first byte says so, and otherwise decodes. */
export function decode(task: DecodeTask): Promise<unknown> {
  switch (task.codeStream[0]) {
    case 1:
      for (;;);
    case 2:
      process.exit(7)
    // oxlint-disable-next-line no-fallthrough -- process.exit does not return
    case 3:
      throw new RangeError('out of sorts')
    default:
      return decodeFrame(task)
  }
}
