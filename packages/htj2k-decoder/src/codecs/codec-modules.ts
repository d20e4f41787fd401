// oxlint-disable-next-line typescript/triple-slash-reference -- packages that check these sources need the types, too
/// <reference path="./codec-libjpeg-turbo.d.ts" />
// oxlint-disable-next-line typescript/triple-slash-reference -- as above
/// <reference path="./codec-openjpeg.d.ts" />
// oxlint-disable-next-line typescript/triple-slash-reference -- as above
/// <reference path="./codec-openjph.d.ts" />
import type { LibjpegTurboModule } from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'
import type { OpenJpegModule } from '@cornerstonejs/codec-openjpeg/decodewasmjs'
import type { OpenJphModule } from '@cornerstonejs/codec-openjph'
import type { Messages } from './messages.ts'

/** Instantiates libjpeg-turbo. In Node.js the codecs find their files themselves. */
export async function createLibjpegTurboModule(messages: Messages): Promise<LibjpegTurboModule> {
  const { default: createModule } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs')
  return createModule(messages)
}

/** Instantiates OpenJPEG. */
export async function createOpenJpegModule(messages: Messages): Promise<OpenJpegModule> {
  const { default: createModule } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs')
  return createModule(messages)
}

/** Instantiates OpenJPH. */
export async function createOpenJphModule(messages: Messages): Promise<OpenJphModule> {
  const { default: createModule } = await import('@cornerstonejs/codec-openjph')
  return createModule(messages)
}
