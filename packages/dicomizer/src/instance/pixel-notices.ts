import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'

import type { LoadedFrame } from '../frames/judge-frame.ts'
import type { LoadOptions } from '../frames/load-frame.ts'
import type { NoticeCollector } from '../notices.ts'

type Notice = Parameters<NoticeCollector['add']>[0]

/** Returns a check that also adds a notice if the end of a code stream is wrong. */
export function noting(notices: NoticeCollector, accept: LoadOptions['accept']): LoadOptions['accept'] {
  return (loaded) => {
    accept(loaded)
    noteEnd(notices, loaded)
  }
}

/** Adds a notice if bytes follow a code stream, or if its end marker is missing. */
export function noteEnd(notices: Pick<NoticeCollector, 'add'>, { frame, end }: LoadedFrame): void {
  if (end === undefined || (!end.isMissing && end.strayByteLength === 0)) return
  const name = `the code stream of frame ${frame.frameIndex + 1}`
  const message = end.isMissing
    ? `${name} has no end marker: samples may be missing`
    : `${end.strayByteLength} bytes follow the end of ${name} and are not part of the image`
  notices.add({ code: 'CODE_STREAM_END', message })
}

/** Returns the one-based numbers of the frames that have no bytes in AHI. */
export function emptyFramesOf({ ImageFrames: frames }: InstanceMetadata): readonly number[] {
  return frames.flatMap(({ FrameSizeInBytes: length }, index) => (length === 0 ? [index + 1] : []))
}

/** Returns the notice about frames without bytes, which are written empty. */
export function framesEmpty(numbers: readonly number[]): Notice {
  const [first] = numbers
  const name = numbers.length === 1 ? `frame ${first} has` : `frame ${first} and ${numbers.length - 1} more have`
  return { code: 'FRAME_EMPTY', message: `${name} no bytes in AHI, and none in the file` }
}

/** Returns the notice about frames in another syntax than the document states. */
export function otherSyntax(stated: string, actual: string): Notice {
  const message = `the metadata says that the frames are in ${stated}, but their bytes show ${actual}`
  return { code: 'TRANSFER_SYNTAX_CORRECTED', message }
}

/** Returns the notice about frames that could not be decoded and are written as they are stored. */
export function notDecoded(uid: string): Notice {
  return {
    code: 'PIXELS_NOT_DECODED',
    message: `frames in ${uid} are not decoded, but encapsulated as they are stored`,
  }
}
