/** One WebAssembly instance of a codec. */
export interface Codec {
  /**
   * Decodes a code stream whose header was checked, and passes its samples to `read`. The samples are a view of the
   * codec's memory that is valid until `read` returns.
   * @throws {Error} with the codec's own message if it has one
   */
  decode<Result>(task: CodecTask, read: (samples: Uint8Array) => Result): Result
  /** True if a fresh instance should take over: this one broke, or its heap, which never shrinks, has grown large. */
  readonly isSpent: boolean
}

/** One code stream for {@link Codec.decode}. */
export interface CodecTask {
  readonly codeStream: Uint8Array
  /** The image by the header, at full resolution, as the codec has to see it. */
  readonly image: CodecImage
  /** Number of resolutions to leave out, from the full one down. */
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

/** The members that the decoders of all codec modules have. */
interface ModuleDecoder {
  /** Returns a view of the heap, to be filled before decoding. */
  getEncodedBuffer(byteLength: number): Uint8Array
  getDecodedBuffer(): Uint8Array | Uint8ClampedArray
  /** Returns the image at full resolution. */
  getFrameInfo(): CodecImage
  delete(): void
}

/** The heap begins at 50 MiB. It grows to this size with frames of about 40 million samples of two bytes. */
const greatestHeap = 128 * 1024 * 1024

/** Makes a codec of a module. `run` decodes the decoder's buffer and returns the failure, if there is one. */
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
      // Each code stream gets a new decoder: a reused one shows the samples of the frame before.
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
 * Checks that a codec read the image that the header describes. If not, it decoded something else.
 * @throws {Error} with both in words
 */
export function requireImage(found: CodecImage, expected: CodecImage): void {
  const [actual, wanted] = [inWords(found), inWords(expected)]
  if (actual !== wanted) throw new Error(`it decoded ${actual} and not ${wanted}`)
}

function inWords({ width, height, componentCount, bitsPerSample, isSigned }: CodecImage): string {
  return `${width} x ${height} x ${componentCount} of ${bitsPerSample} ${isSigned ? 'signed ' : ''}bits`
}
