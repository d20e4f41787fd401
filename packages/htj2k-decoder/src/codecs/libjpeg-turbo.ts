import { createLibjpegTurboModule } from '#codec-modules'
import { createCodec } from './codec.ts'
import type { Codec } from './codec.ts'

/**
 * Instantiates libjpeg-turbo, for JPEG of 8 bits. A warning of libjpeg, such as samples that end early or codes that do
 * not exist, is an error here.
 */
export async function createLibjpegTurbo(): Promise<Codec> {
  const module = await createLibjpegTurboModule({ print: () => undefined, printErr: () => undefined })
  return createCodec(module, {
    newDecoder: () => new module.JPEGDecoder(),
    run(decoder) {
      try {
        decoder.decode()
      } catch (cause) {
        // C++ exceptions come as a number, the address of a text that the module does not give away.
        throw cause instanceof Error ? cause : new Error('its coded samples are damaged', { cause })
      }
      return undefined
    },
  })
}
