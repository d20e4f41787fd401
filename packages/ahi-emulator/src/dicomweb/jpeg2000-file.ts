import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { OperationContext } from '../operation/operation.ts'
import type { Strip } from '../pixels/code-stream-strips.ts'
import { encodeJpeg2000Strips } from '../pixels/jpeg2000-strips.ts'
import type { FrameBytes } from './frame-bytes.ts'
import { toEncode } from './jpeg2000-frames.ts'
import { decodedStrips, stripByteLength } from './native-strips.ts'

/**
 * Transcodes the strips of a frame to JPEG 2000 lossless (.90). The code stream is written to a temporary file, because
 * its length is sent first. The file is removed when its bytes were sent.
 */
export async function toJpeg2000File(
  strips: readonly Strip[],
  instance: InstanceMetadata,
  context: OperationContext,
): Promise<FrameBytes> {
  const path = await context.store.newUpload()
  try {
    const byteLength = await writeCodeStream(path, strips, { instance, context })
    return { byteLength, chunks: readAndRemove(path) }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function writeCodeStream(
  path: string,
  strips: readonly Strip[],
  { instance, context }: { readonly instance: InstanceMetadata; readonly context: OperationContext },
): Promise<number> {
  const stripHeights = strips.map(({ height }) => height)
  // The encoder uses four bytes per sample.
  const byteLengthOf = (strip: Strip): number => 4 * stripByteLength(instance)(strip)
  async function* decoded(): AsyncGenerator<ReturnType<typeof toEncode>> {
    for await (const strip of decodedStrips(strips, context, byteLengthOf)) yield toEncode(strip)
  }
  await using file = await open(path, 'wx')
  let byteLength = 0
  const height = stripHeights.reduce((sum, one) => sum + one, 0)
  for await (const piece of encodeJpeg2000Strips({ height, stripHeights, strips: decoded() })) {
    await file.appendFile(piece)
    byteLength += piece.byteLength
  }
  return byteLength
}

async function* readAndRemove(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path)
  } finally {
    await rm(path, { force: true })
  }
}
