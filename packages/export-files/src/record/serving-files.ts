import type { RecordedFormat } from '../format/series-format.ts'
import type { RequestedForm } from './entries.ts'
import { requestKey } from './file-request.ts'
import type { RecordedFile } from './manifest-line.ts'

/** What a run asks for of each file. */
export interface WantedFiles {
  readonly formats: readonly Pick<RecordedFormat, 'scope' | 'name' | 'settings'>[]
  readonly request: RequestedForm
  /** Whether frames are verified. */
  readonly verifyFrames: boolean
}

/**
 * Returns a function that tells by its line alone whether a file is what the run would write. A file serves if it was
 * made from the same request and settings, lacks nothing, and its frames were verified, if the run verifies frames and
 * they can be. Lines of older versions do not say this, so their files do not serve.
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
