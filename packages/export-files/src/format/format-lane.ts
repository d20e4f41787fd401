import type { LaneModule } from '../destination/destination.ts'

/** Returns how another thread makes a format that has a name and a scope, with the options by names of formats. */
export function laneOf(name: string, options: object, scope: 'instance' | 'series' = 'instance'): LaneModule {
  return { module: import.meta.resolve('@ahi-dicom/export-files/lane'), options: { name, scope, options } }
}
