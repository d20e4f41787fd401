import { VolumeError, type VolumeErrorCode } from '../errors.ts'
import { nameInstances } from '../frames/name-instances.ts'
import type { SourceFrame } from '../frames/source-frame.ts'

/** Returns the error for frames of one series that make no volume. `why` may have `%s` for the instances. */
export function refusal(
  code: VolumeErrorCode,
  frames: readonly SourceFrame[],
  { why, advice }: { readonly why: string; readonly advice: string },
): VolumeError {
  const seriesInstanceUid = frames[0]?.instance.seriesInstanceUid
  const sopInstanceUids = [...new Set(frames.map(({ instance }) => instance.sopInstanceUid))]
  const message = `Cannot make a volume of series ${seriesInstanceUid}: ${why.replace('%s', nameInstances(sopInstanceUids))}; ${advice}`
  return new VolumeError(code, message, { seriesInstanceUid, sopInstanceUids })
}
