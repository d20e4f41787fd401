import { stemOf } from '../format/file-path.ts'
import type { ManifestEntry } from './entries.ts'
import type { RecordedFile } from './manifest-line.ts'

/** Returns the path that the layout gave the instance or the series of a file. */
export function recordedStem(file: RecordedFile | ManifestEntry): string {
  const { path, frames: frameCount } = file
  if (file.scope === 'series') return path.slice(0, -file.suffix.length)
  return stemOf(path, { ...file, frameCount })
}
