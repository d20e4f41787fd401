/** One WebAssembly instance of a codec. */
export interface Codec {
  /**
   * Decodes a checked code stream and passes its samples to `read`. The samples are a view of the codec's memory and
   * are valid until `read` returns.
   *
   * @throws {Error} with the codec's message if it has one
   */
  decode<Result>(task: CodecTask, read: (samples: Uint8Array) => Result): Result
  /** True if a new instance must replace this one: it broke, or its heap, which never shrinks, has grown large. */
  readonly isSpent: boolean
}

/** One code stream for {@link Codec.decode}. */
export interface CodecTask {
  readonly codeStream: Uint8Array
  /** The image that the codec must report, by the header and at full resolution. */
  readonly image: CodecImage
  /** Number of resolutions to discard, from the full one down. */
  readonly discardLevels: number
  /** Changes the codec's copy of the code stream before it is decoded. */
  readonly patch?: ((codeStream: Uint8Array) => void) | undefined
}

/** An image as a codec describes it. */
export interface CodecImage {
  readonly width: number
  readonly height: number
  readonly componentCount: number
  readonly bitsPerSample: number
  readonly isSigned: boolean
}

/** The members that the decoders of all codecs have. */
interface ModuleDecoder {
  /** Returns a view of the heap. Fill it before decoding. */
  getEncodedBuffer(byteLength: number): Uint8Array
  getDecodedBuffer(): Uint8Array | Uint8ClampedArray
  /** Returns the image at full resolution. */
  getFrameInfo(): CodecImage
  delete(): void
}

/** The heap starts at 50 MiB. It reaches this size with frames of about 40 million two-byte samples. */
const greatestHeap = 128 * 1024 * 1024

/** Creates a codec from a module. `run` decodes the decoder's buffer and returns the reason if that fails. */
export function createCodec<Decoder extends ModuleDecoder>(
  module: { readonly HEAPU8: Uint8Array },
  { newDecoder, run }: { newDecoder: () => Decoder; run: (decoder: Decoder, task: CodecTask) => string | undefined },
): Codec {
  let isSpent = false
  return {
    get isSpent() {
      return isSpent
    },
    decode(task, read) {
      isSpent = true
      // Each code stream needs a new decoder: a reused one returns the samples of the previous frame.
      const decoder = newDecoder()
      const encoded = decoder.getEncodedBuffer(task.codeStream.byteLength)
      encoded.set(task.codeStream)
      task.patch?.(encoded)
      const failure = run(decoder, task)
      const { buffer, byteOffset, byteLength } = decoder.getDecodedBuffer()
      isSpent = module.HEAPU8.byteLength > greatestHeap
      try {
        if (failure !== undefined) throw new Error(failure)
        requireImage(decoder.getFrameInfo(), task.image)
        return read(new Uint8Array(buffer, byteOffset, byteLength))
      } finally {
        decoder.delete()
      }
    },
  }
}

/**
 * Checks that a codec decoded the image that the header describes.
 *
 * @throws {Error} that describes both, if they differ
 */
export function requireImage(found: CodecImage, expected: CodecImage): void {
  const [actual, required] = [inWords(found), inWords(expected)]
  if (actual !== required) throw new Error(`it decoded ${actual} and not ${required}`)
}

function inWords({ width, height, componentCount, bitsPerSample, isSigned }: CodecImage): string {
  return `${width} x ${height} x ${componentCount} of ${bitsPerSample} ${isSigned ? 'signed ' : ''}bits`
}
