import { createLibjpegTurboModule } from '#codec-modules'
import { createCodec } from './codec.ts'
import type { Codec } from './codec.ts'

/**
 * Instantiates libjpeg-turbo for JPEG of 8 bits. Warnings of libjpeg, such as samples that end early or unknown codes,
 * are errors here.
 */
export async function createLibjpegTurbo(): Promise<Codec> {
  const module = await createLibjpegTurboModule({ print: () => undefined, printErr: () => undefined })
  return createCodec(module, {
    newDecoder: () => new module.JPEGDecoder(),
    run(decoder) {
      try {
        decoder.decode()
      } catch (cause) {
        // C++ exceptions arrive as a number: the address of a text that the module does not export.
        throw cause instanceof Error ? cause : new Error('its coded samples are damaged', { cause })
      }
      return undefined
    },
  })
}
