import type { Operation, OperationContext, OperationResponse } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import type { FrameContent } from '../store/frame-content.ts'
import { findInstance, hasFramesAsImported, storedTransferSyntax, type FoundInstance } from './find-instance.ts'
import { readFrameList } from './frame-list.ts'
import { frameRepresentations, type FrameRepresentation } from './frame-representation.ts'
import type { FrameBytes } from './frame-bytes.ts'
import { frameTranscoder } from './frame-transcoder.ts'
import { instanceRoute, readInstancePath } from './instance-path.ts'
import { multipartAnswer } from './multipart.ts'
import { requiredFrame } from './required-frame.ts'
import { isUnservable } from './unservable.ts'

export const getDicomInstanceFrames: Operation = {
  name: 'GetDICOMInstanceFrames',
  method: 'GET',
  path: `${instanceRoute}/frames/{frames}`,
  async run(request, context) {
    const found = await findInstance(readInstancePath(request), context)
    const numbers = readFrameList(request.parameters['frames'] ?? '', found.instance.ImageFrames.length)
    const stored = storedTransferSyntax(found) ?? ''
    const wanted = frameRepresentations(request.headers.accept, { stored, isOneFrame: numbers.length === 1 })
    for (const representation of wanted) {
      const answer = await framesAnswer(found, { numbers, representation }, context)
      if (answer !== undefined) return answer
    }
    throw new ServiceError(
      'NotAcceptableException',
      'The frames are not available in the requested transfer syntax; request transfer-syntax=*',
    )
  },
}

interface WantedFrames {
  readonly numbers: readonly number[]
  readonly representation: FrameRepresentation
}

/** Returns `undefined` if any of the frames is not available in the transfer syntax. */
async function framesAnswer(
  found: FoundInstance,
  wanted: WantedFrames,
  context: OperationContext,
): Promise<OperationResponse | undefined> {
  try {
    return await sendFrames(found, wanted, context)
  } catch (error) {
    if (isUnservable(error)) return undefined
    throw error
  }
}

async function sendFrames(
  found: FoundInstance,
  { numbers, representation }: WantedFrames,
  context: OperationContext,
): Promise<OperationResponse | undefined> {
  const { mediaType, isMultipart } = representation
  const transcoder = frameTranscoder(found, representation.transferSyntaxUid, context)
  if (transcoder === undefined) return undefined
  const { transferSyntaxUid, transcode } = transcoder
  if (transferSyntaxUid !== storedTransferSyntax(found) && hasFramesAsImported(found)) {
    // These frames were never decoded before. Decode them once now, so that a failure occurs before the answer
    // begins.
    for (const number of numbers) {
      const { chunks } = await transcode(storedFrame(found, number, context))
      for await (const _ of chunks);
    }
  }
  const partType = `${mediaType}; transfer-syntax=${transferSyntaxUid}`
  async function* frames(): AsyncGenerator<FrameBytes> {
    for (const number of numbers) yield await transcode(storedFrame(found, number, context))
  }
  if (isMultipart) return multipartAnswer(frames(), { mediaType, partType })
  const { value: frame } = await frames().next()
  return frame && { stream: frame.chunks, byteLength: frame.byteLength, contentType: partType }
}

function storedFrame({ metadata, instance }: FoundInstance, number: number, { store }: OperationContext): FrameContent {
  const imageFrameId = instance.ImageFrames[number - 1]?.ID ?? ''
  return requiredFrame({ datastoreId: metadata.DatastoreID, imageSetId: metadata.ImageSetID, imageFrameId }, store)
}
