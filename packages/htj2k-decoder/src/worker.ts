/**
 * The thread of a pool: piscina loads this module and calls {@link decode} for every frame.
 * @module
 */
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { decodeFrame } from './decode/decode-frame.ts'
import { CodeStreamError } from './errors.ts'
import { useCodec } from './codecs/usable-codec.ts'
import type { DecodeOptions } from './decode/decode-frame.ts'
import type { DecodedFrame } from './decode/decoded-frame.ts'
import type { CodeStreamErrorCode } from './errors.ts'

/** What a pool posts to its thread. */
export interface DecodeTask {
  readonly codeStream: Uint8Array<ArrayBuffer>
  readonly options: Omit<DecodeOptions, 'memory'>
  /** Memory for the pixels, used where it has just their size. */
  readonly target?: ArrayBuffer | undefined
}

/** What comes back: errors lose their class between threads, so those of the code stream come as data. */
export type DecodeOutcome =
  | { readonly frame: DecodedFrame }
  | { readonly failure: { readonly code: CodeStreamErrorCode; readonly why: string } }

/** Has the codec of HTJ2K, the usual one, ready before the first frame. */
export async function prepare(): Promise<void> {
  await useCodec('openJph', () => undefined)
}

/** Decodes one frame; its pixels are moved to the thread of the pool, not copied. */
export async function decode({ codeStream, options, target }: DecodeTask): Promise<unknown> {
  try {
    return movedOutcome(await decodeFrame(codeStream, { ...options, memory: memoryOf(target) }))
  } catch (error) {
    if (!(error instanceof CodeStreamError)) throw error
    return { failure: { code: error.code, why: error.why } } satisfies DecodeOutcome
  } finally {
    // Frees the bytes at once: garbage outside of the JavaScript heap can pile up for long.
    codeStream.buffer.transfer(0)
  }
}

/** Pixels have to fill their buffer: all of it is moved. */
function memoryOf(target: ArrayBuffer | undefined): DecodeOptions['memory'] {
  return {
    take: (byteLength) => new Uint8Array(target?.byteLength === byteLength ? target : new ArrayBuffer(byteLength)),
  }
}

function movedOutcome(frame: DecodedFrame): unknown {
  const outcome: DecodeOutcome = { frame }
  return move({ [transferableSymbol]: [frame.pixels.buffer], [valueSymbol]: outcome })
}
