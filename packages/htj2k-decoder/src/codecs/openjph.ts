import { createOpenJphModule } from '#codec-modules'
import { createCodec } from './codec.ts'
import type { Codec } from './codec.ts'

/** Instantiates OpenJPH for HTJ2K. The messages that it prints explain its errors. */
export async function createOpenJph(): Promise<Codec> {
  let lastMessage = ''
  const module = await createOpenJphModule({
    print: () => undefined,
    printErr: (text) => {
      lastMessage = text
    },
  })
  return createCodec(module, {
    newDecoder: () => new module.HTJ2KDecoder(),
    run(decoder, { discardLevels }) {
      lastMessage = ''
      decoder.decodeSubResolution(discardLevels)
      const message = decoder.getLastErrorMessage()
      if (message !== '') return lastMessage || message
      return decoder.getIsHeaderValid() ? undefined : lastMessage || 'the codec does not accept the header'
    },
  })
}
