import { crc32 } from 'node:zlib'
import type { FrameReader } from '@ahi-dicom/dicomizer'
import { nothingFetched, type Fetched } from './lane-item.ts'
import { observedBody } from './observed-body.ts'

/** Counts the data received from AHI for one instance. A frame counts once, even if it is requested again. */
export interface Received {
  /** Counts a whole frame, or the end of a frame whose bytes were already counted. */
  frame(imageFrameId: string, byteLength: number): void
  /** Counts bytes of a streamed body. */
  bytes(chunk: Uint8Array): void
  /** True if a body was streamed. Damage in it is found only after its bytes were passed on. */
  readonly hasStreamed: boolean
  /** Returns length and checksum of the bytes streamed since the last call, to compare two attempts. */
  takeStreamed(): string
}

/** Creates the counter of one instance. */
export function createReceived(onFetched: (fetched: Fetched) => void): Received {
  const known = new Set<string>()
  let hasStreamed = false
  let streamed = { byteLength: 0, checksum: 0 }
  return {
    frame(imageFrameId, byteLength) {
      const before = known.size
      onFetched({ ...nothingFetched, byteLength, frames: known.add(imageFrameId).size - before })
    },
    bytes(chunk) {
      const { byteLength } = chunk
      hasStreamed = true
      streamed = { byteLength: streamed.byteLength + byteLength, checksum: crc32(chunk, streamed.checksum) }
      onFetched({ ...nothingFetched, byteLength })
    },
    get hasStreamed() {
      return hasStreamed
    },
    takeStreamed() {
      const { byteLength, checksum } = streamed
      streamed = { byteLength: 0, checksum: 0 }
      return `${byteLength} ${checksum}`
    },
  }
}

/** Returns a reader that counts the frames that `reader` reads. */
export function countedReader(reader: FrameReader, received: Received): FrameReader {
  const stream = reader.stream?.bind(reader)
  return {
    async read(frame, wanted) {
      const read = await reader.read(frame, wanted)
      received.frame(frame.imageFrameId, read.byteLength)
      return read
    },
    decodes: (transferSyntaxUid) => reader.decodes(transferSyntaxUid),
    ...(reader.decode && { decode: reader.decode.bind(reader) }),
    ...(stream && {
      stream: async (frame) =>
        observedBody(await stream(frame), {
          onBytes: (chunk) => received.bytes(chunk),
          onEnd: () => received.frame(frame.imageFrameId, 0),
        }),
    }),
  }
}
