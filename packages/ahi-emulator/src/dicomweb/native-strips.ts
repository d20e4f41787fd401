import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { DecodedFrame } from '@ahi-dicom/dicomizer'
import type { OperationContext } from '../operation/operation.ts'
import { codeStreamStrips, type Strip } from '../pixels/code-stream-strips.ts'
import type { FrameContent } from '../store/frame-content.ts'
import { isDescribed, nativePixels } from './native-frame.ts'

/** Decoded frames above this size are sent strip by strip, if their code streams can be split. */
const largeFrame = 8 * 1024 * 1024

/** Returns the size of a decoded frame in bytes, computed from the attributes. */
export function decodedByteLength({ DICOM }: InstanceMetadata): number {
  const bytesPerSample = Math.ceil(Number(DICOM['BitsAllocated'] ?? 8) / 8)
  return Number(DICOM['Rows']) * Number(DICOM['Columns']) * Number(DICOM['SamplesPerPixel'] ?? 1) * bytesPerSample
}

/** Returns true if the decoded frames of an instance are large. */
export function isLargeFrame(instance: InstanceMetadata): boolean {
  return decodedByteLength(instance) > largeFrame
}

/**
 * Splits a large frame into strips. Returns `undefined` if it is not large, cannot be split, or is not the image that
 * the attributes describe.
 */
export async function largeFrameStrips(
  frame: FrameContent,
  instance: InstanceMetadata,
): Promise<readonly Strip[] | undefined> {
  if (!isLargeFrame(instance) || Number(instance.DICOM['BitsAllocated']) === 1) return undefined
  const found = await codeStreamStrips(frame)
  return found !== undefined && isDescribed(found.header, instance) ? found.strips : undefined
}

/** Decodes strips one after the other. A strip is valid until the next one is requested; then its memory is reused. */
export async function* decodedStrips(
  strips: readonly Strip[],
  { decoder, memory }: Pick<OperationContext, 'decoder' | 'memory'>,
  byteLengthOf: (strip: Strip) => number,
): AsyncGenerator<DecodedFrame> {
  for (const strip of strips) {
    const lease = await memory.take(byteLengthOf(strip))
    try {
      const decoded = await decoder.decode(await strip.read())
      yield decoded
      decoder.recycle(decoded.pixels)
    } finally {
      lease.release()
    }
  }
}

/** Decodes strips to the form of native Pixel Data. */
export async function* nativeStrips(
  strips: readonly Strip[],
  instance: InstanceMetadata,
  context: Pick<OperationContext, 'decoder' | 'memory'>,
): AsyncGenerator<Uint8Array> {
  for await (const decoded of decodedStrips(strips, context, stripByteLength(instance))) {
    yield* pieces(nativePixels(decoded, instance))
  }
}

/** Returns a function that returns the size of a decoded strip in bytes. */
export function stripByteLength(instance: InstanceMetadata): (strip: Strip) => number {
  const rowByteLength = decodedByteLength(instance) / Number(instance.DICOM['Rows'])
  return ({ height }) => height * rowByteLength
}

const pieceLength = 256 * 1024

/** Yields small copies, because the socket may still be writing when the memory of the strip is reused. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let offset = 0; offset < bytes.byteLength; offset += pieceLength) {
    yield bytes.slice(offset, offset + pieceLength)
  }
}
