import { ServiceError } from '../operation/service-error.ts'
import type { FrameContent } from '../store/frame-content.ts'
import type { Store } from '../store/store.ts'

/** The ids of a frame in a metadata document. */
export interface FramePlace {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
}

/**
 * Returns a frame that a metadata document refers to.
 * @throws {ServiceError} InternalServerException if the frame is missing
 */
export function requiredFrame({ datastoreId, imageSetId, imageFrameId }: FramePlace, store: Store): FrameContent {
  const frame = store.findFrame(datastoreId, imageSetId, imageFrameId)
  if (frame !== undefined) return frame
  throw new ServiceError('InternalServerException', `Image frame ${imageFrameId} is missing`)
}
