import type { RecordedFormat } from '../format/series-format.ts'
import type { RequestedForm } from './entries.ts'
import { requestKey } from './file-request.ts'
import type { RecordedFile } from './manifest-line.ts'

/** Options of a run that decide which recorded files it can keep. */
export interface WantedFiles {
  readonly formats: readonly Pick<RecordedFormat, 'scope' | 'name' | 'settings'>[]
  readonly request: RequestedForm
  /** True if the run verifies frames. */
  readonly verifyFrames: boolean
}

/**
 * Returns a function that decides from a file's line if the run can keep the file. The file must have the request and
 * the settings of the run, and must not lack data. If the run verifies frames, the file's frames must not be `skipped`.
 * Lines of older versions lack these members, so their files are written again.
 */
export function createServing({ formats, request, verifyFrames }: WantedFiles): (file: RecordedFile) => boolean {
  const keyByFormat = new Map(
    formats.map(({ scope, name, settings }) => [nameOf(scope, name), requestKey({ ...request, settings })]),
  )
  return ({ scope, format, request: made, checksum, hasLoss }) => {
    const isVerified = checksum !== undefined && (checksum !== 'skipped' || !verifyFrames)
    const wanted = keyByFormat.get(nameOf(scope, format))
    return isVerified && hasLoss !== true && made !== undefined && requestKey(made) === wanted
  }
}

function nameOf(scope: RecordedFormat['scope'], format: string): string {
  return `${scope ?? 'instance'} ${format}`
}
