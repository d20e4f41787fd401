import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'

import type { LoadedFrame } from '../frames/judge-frame.ts'
import type { LoadOptions } from '../frames/load-frame.ts'
import type { NoticeCollector } from '../notices.ts'

type Notice = Parameters<NoticeCollector['add']>[0]

/** Accepts a frame, and tells what is wrong with the end of its code stream. */
export function noting(notices: NoticeCollector, accept: LoadOptions['accept']): LoadOptions['accept'] {
  return (loaded) => {
    accept(loaded)
    noteEnd(notices, loaded)
  }
}

/** Tells of bytes behind a code stream, and of a missing end. */
export function noteEnd(notices: Pick<NoticeCollector, 'add'>, { frame, end }: LoadedFrame): void {
  if (end === undefined || (!end.isMissing && end.strayByteLength === 0)) return
  const name = `the code stream of frame ${frame.frameIndex + 1}`
  const message = end.isMissing
    ? `${name} has no end marker: samples may be missing`
    : `${end.strayByteLength} bytes follow the end of ${name}, and belong to no image`
  notices.add({ code: 'CODE_STREAM_END', message })
}

/** Returns the numbers of the frames that AHI has without bytes, one-based. */
export function emptyFramesOf({ ImageFrames: frames }: InstanceMetadata): readonly number[] {
  return frames.flatMap(({ FrameSizeInBytes: length }, index) => (length === 0 ? [index + 1] : []))
}

/** Frames without bytes are written so. */
export function framesEmpty(numbers: readonly number[]): Notice {
  const [first] = numbers
  const name = numbers.length === 1 ? `frame ${first} has` : `frame ${first} and ${numbers.length - 1} more have`
  return { code: 'FRAME_EMPTY', message: `${name} no bytes in AHI, and none in the file` }
}

/** The frames are in another syntax than the document says. */
export function otherSyntax(stated: string, actual: string): Notice {
  const message = `the metadata says that the frames are in ${stated}; they are in ${actual} and read as that`
  return { code: 'TRANSFER_SYNTAX_CORRECTED', message }
}

/** Frames that were wanted decoded are written as they are stored. */
export function notDecoded(uid: string): Notice {
  return { code: 'PIXELS_NOT_DECODED', message: `frames in ${uid} are not decoded; they are encapsulated as stored` }
}
