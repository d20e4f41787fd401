import type { FrameToEncode } from './frame-encoding.ts'
import { UnstorableFrameError } from './unstorable-frame-error.ts'

/** The common interface of the encoders in codec-openjph 2.4 and codec-openjpeg 1.3. The packages have no types. */
export interface WasmEncoder {
  getDecodedBuffer(frameInfo: FrameInfo): Uint8Array
  setDecompositions(count: number): void
  setProgressionOrder(order: number): void
  setQuality(isLossless: boolean, lossyQuality: number): void
  encode(): void
  /** Returns a view of the codec's memory, which the next call overwrites. */
  getEncodedBuffer(): Uint8Array
  delete(): void
}

interface FrameInfo extends Pick<FrameToEncode, 'width' | 'height' | 'bitsPerSample' | 'isSigned'> {
  readonly componentCount: number
  readonly isUsingColorTransform: boolean
}

/** The function that a codec package exports. */
export type CodecFactory<Codec> = (options: {
  print(line: string): void
  printErr(line: string): void
}) => Promise<Codec>

/** Calls a codec. Rejects with {@link UnstorableFrameError} if the codec throws. */
type UseCodec<Codec> = <Result>(call: (codec: Codec) => Result) => Promise<Result>

/**
 * Keeps one instance of a WebAssembly codec. After a failure, the next call gets a new instance, because the memory may
 * be damaged.
 */
export function createKeptCodec<Codec>(load: () => CodecFactory<Codec>): UseCodec<Codec> {
  let loading: Promise<Codec> | undefined
  return async (call) => {
    loading ??= load()({ print: () => undefined, printErr: () => undefined })
    const codec = await loading
    try {
      return call(codec)
    } catch (cause) {
      if (cause instanceof UnstorableFrameError) throw cause
      loading = undefined
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new UnstorableFrameError(`a frame cannot be encoded: ${why}`, { cause })
    }
  }
}

/** Encodes a frame losslessly, then deletes the encoder. `configure` sets its other parameters. */
export function encodeWith<Encoder extends WasmEncoder>(
  encoder: Encoder,
  frame: FrameToEncode,
  configure: (encoder: Encoder) => void,
): Uint8Array<ArrayBuffer> {
  const { width, height, bitsPerSample, isSigned } = frame
  const { components: componentCount, useColourTransform: isUsingColorTransform } = frame
  try {
    const frameInfo = { width, height, bitsPerSample, componentCount, isSigned, isUsingColorTransform }
    encoder.getDecodedBuffer(frameInfo).set(frame.pixels)
    encoder.setQuality(true, 0)
    configure(encoder)
    encoder.encode()
    return Uint8Array.from(encoder.getEncodedBuffer())
  } finally {
    encoder.delete()
  }
}
