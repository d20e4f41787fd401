// oxlint-disable-next-line typescript/triple-slash-reference -- packages that check these sources need the types, too
/// <reference path="./codec-openjph.d.ts" />
import createModule from '@cornerstonejs/codec-openjph'
import type { HTJ2KDecoder, OpenJphModule } from '@cornerstonejs/codec-openjph'

/** One WebAssembly instance of the codec. */
export interface OpenJph {
  /**
   * Decodes a code stream whose header was checked, and hands its samples to `read` as a view of the heap, gone when
   * `read` returns. Throws a plain Error with the codec's own words.
   */
  decode<Result>(task: OpenJphTask, read: (samples: Uint8Array) => Result): Result
  /** Whether to go on with a fresh instance: this one broke, or its heap, which never shrinks, has grown large. */
  readonly isSpent: boolean
}

/** One code stream for {@link OpenJph.decode}. */
interface OpenJphTask {
  readonly codeStream: Uint8Array
  /** Number of resolutions to leave out, from the full one down. */
  readonly discardLevels: number
  /** Changes the codec's copy of the code stream before it is decoded. */
  readonly patch?: ((codeStream: Uint8Array) => void) | undefined
}

/** The heap begins at 50 MiB and decodes frames of some 40 million samples of two bytes before it is this large. */
const GREATEST_HEAP = 128 * 1024 * 1024

/** Instantiates the codec. What it would print on the console is kept, to explain its errors. */
export async function createOpenJph(): Promise<OpenJph> {
  let lastMessage = ''
  const module = await createModule({
    print: () => undefined,
    printErr: (text) => {
      lastMessage = text
    },
  })
  let isSpent = false
  return {
    get isSpent() {
      return isSpent
    },
    decode(task, read) {
      lastMessage = ''
      isSpent = true
      const { decoder, failure } = runDecoder(module, task)
      const samples = decoder.getDecodedBuffer()
      isSpent = samples.buffer.byteLength > GREATEST_HEAP
      try {
        if (failure !== undefined) throw new Error(lastMessage || failure)
        return read(samples)
      } finally {
        decoder.delete()
      }
    },
  }
}

/** Runs a decoder of its own for each code stream: a reused one shows the samples of the frame before. */
function runDecoder(module: OpenJphModule, task: OpenJphTask): { decoder: HTJ2KDecoder; failure: string | undefined } {
  const decoder = new module.HTJ2KDecoder()
  const encoded = decoder.getEncodedBuffer(task.codeStream.byteLength)
  encoded.set(task.codeStream)
  task.patch?.(encoded)
  decoder.decodeSubResolution(task.discardLevels)
  const message = decoder.getLastErrorMessage()
  if (message !== '') return { decoder, failure: message }
  return { decoder, failure: decoder.getIsHeaderValid() ? undefined : 'the codec does not accept the header' }
}
