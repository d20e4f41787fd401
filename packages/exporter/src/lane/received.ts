import { crc32 } from 'node:zlib'
import type { FrameReader } from '@ahi-dicom/dicomizer'
import { nothingFetched, type Fetched } from './lane-item.ts'
import { observedBody } from './observed-body.ts'

/** Counts what comes from AHI for one instance, however often it is asked for. */
export interface Received {
  /** A whole frame, or the end of one whose bytes were counted as they came. */
  frame(imageFrameId: string, byteLength: number): void
  /** Bytes that are passed on as they come. */
  bytes(chunk: Uint8Array): void
  /** Whether bytes were passed on as they came. Damage in them is found only afterwards. */
  readonly hasStreamed: boolean
  /** Returns a text that tells the bytes that were passed on since the last call from others. */
  takeStreamed(): string
}

/** Makes the count of one instance. */
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

/** Returns a reader that counts what another one reads. */
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
