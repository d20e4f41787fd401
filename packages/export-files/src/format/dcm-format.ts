import { laneOf } from './format-lane.ts'
import type { Format } from './format.ts'

/**
 * Creates the format for DICOM Part 10 files.
 *
 * @example
 * import { dcmFormat } from '@ahi-dicom/export-files'
 *
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats: [dcmFormat()] })
 */
export function dcmFormat(): Format {
  return {
    name: 'dcm',
    mediaType: 'application/dicom',
    readsPixels: false,
    *files({ instance, reading }) {
      yield { chunks: instance.part10(reading) }
    },
    foresee(instance) {
      const { byteLength, isExact } = instance.measureFile()
      const frames = instance.source === 'none' ? [] : Array.from({ length: instance.frameCount }).keys()
      return { files: 1, byteLength, accuracy: isExact ? 'exact' : 'estimated', frames }
    },
    get lane() {
      return laneOf('dcm', {})
    },
  }
}
