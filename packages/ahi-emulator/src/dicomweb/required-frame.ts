import { ServiceError } from '../operation/service-error.ts'
import type { FrameContent } from '../store/frame-content.ts'
import type { Store } from '../store/store.ts'

/** The ids of a frame that a metadata document names. */
export interface FramePlace {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
}

/**
 * Finds a frame that has to be there.
 * @throws {ServiceError} InternalServerException
 */
export function requiredFrame({ datastoreId, imageSetId, imageFrameId }: FramePlace, store: Store): FrameContent {
  const frame = store.findFrame(datastoreId, imageSetId, imageFrameId)
  if (frame !== undefined) return frame
  throw new ServiceError('InternalServerException', `Image frame ${imageFrameId} is missing`)
}
