import { createLibjpegTurbo } from './libjpeg-turbo.ts'
import { createLosslessJpeg } from './lossless-jpeg.ts'
import { createOpenJpeg } from './openjpeg.ts'
import { createOpenJph } from './openjph.ts'
import type { Codec } from './codec.ts'

/** Names of the codecs for HTJ2K, JPEG 2000 Part 1, JPEG and lossless JPEG. */
export type CodecName = 'openJph' | 'openJpeg' | 'libjpegTurbo' | 'losslessJpeg'

const create: Record<CodecName, () => Promise<Codec>> = {
  openJph: createOpenJph,
  openJpeg: createOpenJpeg,
  libjpegTurbo: createLibjpegTurbo,
  losslessJpeg: createLosslessJpeg,
}

/** The codecs of this thread. Each is instantiated with the first frame that needs it. */
const codecs = new Map<CodecName, Promise<Codec>>()

/**
 * Calls `use` with a codec of this thread. If the codec is missing or spent, creates a new one. Between this check and
 * the call, nothing else uses the codec.
 */
export async function useCodec<Result>(name: CodecName, use: (codec: Codec) => Result): Promise<Result> {
  const current = codecs.get(name) ?? create[name]()
  codecs.set(name, current)
  const codec = await current.catch((error: unknown) => {
    forget(name, current)
    throw error
  })
  if (!codec.isSpent) return use(codec)
  forget(name, current)
  return useCodec(name, use)
}

function forget(name: CodecName, spent: Promise<Codec>): void {
  if (codecs.get(name) === spent) codecs.delete(name)
}
