// oxlint-disable-next-line typescript/triple-slash-reference -- packages that check these sources need the types, too
/// <reference path="./codec-openjph.d.ts" />
import { createCodec } from './codec.ts'
import type { Codec } from './codec.ts'

/** Instantiates OpenJPH, for HTJ2K. Messages that it would print on the console explain its errors. */
export async function createOpenJph(): Promise<Codec> {
  const { default: createModule } = await import('@cornerstonejs/codec-openjph')
  let lastMessage = ''
  const module = await createModule({
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
