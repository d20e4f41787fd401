import type { LaneModule } from '../destination/destination.ts'

/**
 * Returns the lane module that creates a format of this package in another thread. `options` are keyed by format names.
 */
export function laneOf(name: string, options: object, scope: 'instance' | 'series' = 'instance'): LaneModule {
  return { module: import.meta.resolve('@ahi-dicom/export-files/lane'), options: { name, scope, options } }
}
