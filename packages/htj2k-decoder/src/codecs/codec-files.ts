import { CodecFileError } from '../errors.ts'

/** The WebAssembly file of a codec: its URL or its bytes. */
export type CodecFile = string | URL | Uint8Array | ArrayBuffer

/** The files of the codecs. Each is loaded with the first frame that needs it. */
export interface CodecFiles {
  /** HTJ2K: `@ahi-dicom/htj2k-decoder/openjph.wasm`. */
  readonly openJph?: CodecFile | undefined
  /** JPEG 2000 Part 1: `@ahi-dicom/htj2k-decoder/openjpeg.wasm`. */
  readonly openJpeg?: CodecFile | undefined
  /** JPEG of 8 bits: `@ahi-dicom/htj2k-decoder/libjpeg-turbo.wasm`. */
  readonly libjpegTurbo?: CodecFile | undefined
}

let locations: CodecFiles = {}

/**
 * Sets the location of the codec files in browsers. Call it before the first frame. Default: next to the script, where
 * bundlers that support `new URL(…, import.meta.url)` copy them. Node.js ignores it.
 *
 * @example
 * import { setCodecFiles } from '@ahi-dicom/htj2k-decoder/browser'
 *
 * setCodecFiles({ openJph: new URL('/codecs/openjph.wasm', location.href) })
 */
export function setCodecFiles(files: CodecFiles): void {
  locations = { ...locations, ...files }
}

/**
 * The default locations, written so that bundlers find them. The functions are called only if no file was set, because
 * classic scripts have no `import.meta.url`.
 */
const besideScript: Readonly<Record<keyof CodecFiles, () => URL>> = {
  openJph: () => new URL('./openjph.wasm', import.meta.url),
  openJpeg: () => new URL('./openjpeg.wasm', import.meta.url),
  libjpegTurbo: () => new URL('./libjpeg-turbo.wasm', import.meta.url),
}

/**
 * Returns the bytes of a codec file.
 *
 * @throws {CodecFileError} if the file cannot be loaded
 */
export async function loadCodecFile(name: keyof CodecFiles): Promise<Uint8Array> {
  const file = locations[name] ?? besideScript[name]()
  if (file instanceof Uint8Array) return file
  if (file instanceof ArrayBuffer) return new Uint8Array(file)
  const url = String(file)
  const response = await fetch(url).catch((cause: unknown) => {
    throw new CodecFileError({ url, why: 'it cannot be fetched', cause })
  })
  if (!response.ok) throw new CodecFileError({ url, why: `the answer is HTTP ${response.status}` })
  return new Uint8Array(await response.arrayBuffer())
}
