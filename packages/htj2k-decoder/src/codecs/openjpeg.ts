import { createOpenJpegModule } from '#codec-modules'
import { createCodec } from './codec.ts'
import type { Codec } from './codec.ts'

const errorPrefix = '[ERROR] '
const allLayers = 0

/** Instantiates OpenJPEG for JPEG 2000 Part 1. It reports errors only by printing them. */
export async function createOpenJpeg(): Promise<Codec> {
  let firstError: string | undefined
  const listen = (text: string): void => {
    if (text.startsWith(errorPrefix)) firstError ??= text.slice(errorPrefix.length)
  }
  const module = await createOpenJpegModule({ print: listen, printErr: () => undefined })
  return createCodec(module, {
    newDecoder: () => new module.J2KDecoder(),
    run(decoder, { discardLevels }) {
      firstError = undefined
      decoder.decodeSubResolution(discardLevels, allLayers)
      return firstError
    },
  })
}
