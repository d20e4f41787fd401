import type { LaneModule } from '../destination/destination.ts'

/** Returns how another thread makes a format that has a name, with the options of `createFormats`. */
export function laneOf(name: string, options: object): LaneModule {
  return { module: import.meta.resolve('@ahi-dicom/export-files/lane'), options: { name, options } }
}
