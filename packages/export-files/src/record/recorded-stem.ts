import { stemOf } from '../format/file-path.ts'
import type { ManifestEntry } from './entries.ts'
import type { RecordedFile } from './manifest-line.ts'

/**
 * Returns the path of the instance or series of a file: the path of the file without frame number, suffix and
 * extension.
 */
export function recordedStem(file: RecordedFile | ManifestEntry): string {
  const { path, frames: frameCount } = file
  if (file.scope === 'series') return path.slice(0, -file.suffix.length)
  return stemOf(path, { ...file, frameCount })
}
