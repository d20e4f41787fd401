/**
 * The thread of a pool. Piscina loads this module and calls {@link decode} for every frame.
 * @module
 */
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { decodeFrame } from './decode/decode-frame.ts'
import { CodeStreamError } from './errors.ts'
import { useCodec } from './codecs/usable-codec.ts'
import type { DecodeOptions } from './decode/decode-frame.ts'
import type { DecodedFrame } from './decode/decoded-frame.ts'
import type { CodeStreamErrorCode } from './errors.ts'

/** A message from a pool to its thread. */
export interface DecodeTask {
  readonly codeStream: Uint8Array<ArrayBuffer>
  readonly options: Omit<DecodeOptions, 'memory'>
  /** Memory for the pixels, used if it has exactly their length. */
  readonly target?: ArrayBuffer | undefined
}

/** The result of a thread. Errors lose their class between threads, so a CodeStreamError is sent as data. */
export type DecodeOutcome =
  | { readonly frame: DecodedFrame }
  | { readonly failure: { readonly code: CodeStreamErrorCode; readonly why: string } }

/**
 * Loads the codec of HTJ2K, the most common one, before the first frame.
 *
 * @example
 * import { decode, prepare } from '@ahi-dicom/htj2k-decoder/worker'
 *
 * await prepare() // loads the codec before there is a frame
 * await decode({ codeStream, options: {} })
 */
export async function prepare(): Promise<void> {
  await useCodec('openJph', () => undefined)
}

/**
 * Decodes one frame. Its pixels are moved to the pool's thread without a copy.
 *
 * @example
 * import { decode } from '@ahi-dicom/htj2k-decoder/worker'
 *
 * await decode({ codeStream, options: { discardLevels: 2 } })
 * console.log(codeStream.length) // 0
 */
export async function decode({ codeStream, options, target }: DecodeTask): Promise<unknown> {
  try {
    return movedOutcome(await decodeFrame(codeStream, { ...options, memory: memoryOf(target) }))
  } catch (error) {
    if (!(error instanceof CodeStreamError)) throw error
    return { failure: { code: error.code, why: error.why } } satisfies DecodeOutcome
  } finally {
    // Frees the bytes at once, because garbage outside of the JavaScript heap can accumulate for long.
    codeStream.buffer.transfer(0)
  }
}

/** Returns memory with buffers that the pixels fill, because the whole buffer is moved. */
function memoryOf(target: ArrayBuffer | undefined): DecodeOptions['memory'] {
  return {
    take: (byteLength) => new Uint8Array(target?.byteLength === byteLength ? target : new ArrayBuffer(byteLength)),
  }
}

function movedOutcome(frame: DecodedFrame): unknown {
  const outcome: DecodeOutcome = { frame }
  return move({ [transferableSymbol]: [frame.pixels.buffer], [valueSymbol]: outcome })
}
