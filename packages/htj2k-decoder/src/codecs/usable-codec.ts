import { createLibjpegTurbo } from './libjpeg-turbo.ts'
import { createOpenJpeg } from './openjpeg.ts'
import { createOpenJph } from './openjph.ts'
import type { Codec } from './codec.ts'

/** The codecs that there are: of HTJ2K, JPEG 2000 Part 1 and JPEG. */
export type CodecName = 'openJph' | 'openJpeg' | 'libjpegTurbo'

const create: Record<CodecName, () => Promise<Codec>> = {
  openJph: createOpenJph,
  openJpeg: createOpenJpeg,
  libjpegTurbo: createLibjpegTurbo,
}

/** The codecs of this thread, each instantiated when the first frame comes that needs it. */
const codecs = new Map<CodecName, Promise<Codec>>()

/** Gives a codec of this thread, a fresh one where there is none or it is spent. */
export async function usableCodec(name: CodecName): Promise<Codec> {
  const current = codecs.get(name) ?? create[name]()
  codecs.set(name, current)
  const codec = await current.catch((error: unknown) => {
    forget(name, current)
    throw error
  })
  if (!codec.isSpent) return codec
  forget(name, current)
  return usableCodec(name)
}

function forget(name: CodecName, spent: Promise<Codec>): void {
  if (codecs.get(name) === spent) codecs.delete(name)
}
