import { CodecFileError } from '../errors.ts'

/** Where the WebAssembly file of a codec is: its URL, or its bytes. */
export type CodecFile = string | URL | Uint8Array | ArrayBuffer

/** The files of the codecs. Each is loaded for the first frame that needs it. */
export interface CodecFiles {
  /** HTJ2K: `@ahi-dicom/htj2k-decoder/openjph.wasm`. */
  readonly openJph?: CodecFile | undefined
  /** JPEG 2000 Part 1: `@ahi-dicom/htj2k-decoder/openjpeg.wasm`. */
  readonly openJpeg?: CodecFile | undefined
  /** JPEG of 8 bits: `@ahi-dicom/htj2k-decoder/libjpeg-turbo.wasm`. */
  readonly libjpegTurbo?: CodecFile | undefined
}

let given: CodecFiles = {}

/**
 * Says where the codecs are, for browsers and before the first frame. Default: beside the script, where bundlers that
 * understand `new URL(…, import.meta.url)` put them. Node.js does not ask.
 */
export function setCodecFiles(files: CodecFiles): void {
  given = { ...given, ...files }
}

/** Where bundlers see them. The functions are not called where a file was given: scripts of old forms have no URL. */
const besideScript: Readonly<Record<keyof CodecFiles, () => URL>> = {
  openJph: () => new URL('./openjph.wasm', import.meta.url),
  openJpeg: () => new URL('./openjpeg.wasm', import.meta.url),
  libjpegTurbo: () => new URL('./libjpeg-turbo.wasm', import.meta.url),
}

/**
 * Returns the bytes of a codec.
 * @throws {CodecFileError} if they cannot be loaded
 */
export async function loadCodecFile(name: keyof CodecFiles): Promise<Uint8Array> {
  const file = given[name] ?? besideScript[name]()
  if (file instanceof Uint8Array) return file
  if (file instanceof ArrayBuffer) return new Uint8Array(file)
  const url = String(file)
  const response = await fetch(url).catch((cause: unknown) => {
    throw new CodecFileError({ url, why: 'it cannot be fetched', cause })
  })
  if (!response.ok) throw new CodecFileError({ url, why: `the answer is HTTP ${response.status}` })
  return new Uint8Array(await response.arrayBuffer())
}
