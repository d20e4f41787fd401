import { laneOf } from './format-lane.ts'
import type { Format } from './format.ts'

/** Makes the format of DICOM Part 10 files. */
export function dcmFormat(): Format {
  return {
    name: 'dcm',
    mediaType: 'application/dicom',
    readsPixels: false,
    *files({ instance, reading }) {
      yield { chunks: instance.part10(reading) }
    },
    get lane() {
      return laneOf('dcm', {})
    },
  }
}
