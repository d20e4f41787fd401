/**
 * Headers of code streams, directly followed by their end. They are coded by the standards' tables, not by the
 * package's reader.
 */

export interface Jpeg2000Options {
  readonly width?: number
  readonly height?: number
  readonly components?: number
  readonly bitsPerSample?: number
  readonly isSigned?: boolean
  readonly isHighThroughput?: boolean
  readonly isReversible?: boolean
  readonly hasColourTransform?: boolean
  /** 0 LRCP, 1 RLCP, 2 RPCL, 3 PCRL, 4 CPRL (ISO/IEC 15444-1 table A.16). */
  readonly progression?: number
}

/** Returns SOC, SIZ, COD, SOT, SOD and EOC of ISO/IEC 15444-1 A.4 to A.6. */
export function jpeg2000(options: Jpeg2000Options = {}): Uint8Array<ArrayBuffer> {
  const { width = 4, height = 3, components = 1, bitsPerSample = 16, isSigned = false } = options
  const { isHighThroughput = false, isReversible = true, hasColourTransform = false, progression = 2 } = options
  const component = [bitsPerSample - 1 + (isSigned ? 0x80 : 0), 1, 1]
  return bytes(
    [0xff, 0x4f, 0xff, 0x51, ...word(38 + 3 * components), ...word(isHighThroughput ? 0x4000 : 0)],
    [width, height, 0, 0, width, height, 0, 0].flatMap(long),
    word(components),
    Array.from({ length: components }, () => component).flat(),
    [0xff, 0x52, ...word(12), 0, progression, ...word(1), hasColourTransform ? 1 : 0],
    [5, 4, 4, isHighThroughput ? 0x40 : 0, isReversible ? 1 : 0],
    [0xff, 0x90, ...word(10), ...word(0), ...long(0), 0, 1],
    [0xff, 0x93, 0xff, 0xd9],
  )
}

/** Returns a code stream in the boxes of a JP2 file (ISO/IEC 15444-1 annex I). */
export function boxed(codeStream: Uint8Array): Uint8Array<ArrayBuffer> {
  const signature = [...long(12), ...text('jP  '), 0x0d, 0x0a, 0x87, 0x0a]
  const fileType = [...long(20), ...text('ftyp'), ...text('jp2 '), ...long(0), ...text('jp2 ')]
  return Uint8Array.from([...signature, ...fileType, ...long(8 + codeStream.length), ...text('jp2c'), ...codeStream])
}

export interface JpegOptions {
  /** Second byte of the start-of-frame marker. */
  readonly frameMarker?: number
  readonly width?: number
  readonly height?: number
  readonly bitsPerSample?: number
  /** One byte a component. */
  readonly identifiers?: readonly number[]
  /** Horizontal and vertical sampling of the first component. */
  readonly sampling?: number
  readonly isJfif?: boolean
  readonly adobeTransform?: number
  /** Predictor, or NEAR of JPEG-LS. */
  readonly scanParameter?: number
}

/** Returns SOI, application segments, SOF, SOS and EOI of ISO/IEC 10918-1 B.2. */
export function jpeg(options: JpegOptions = {}): Uint8Array<ArrayBuffer> {
  const { frameMarker = 0xc0, width = 4, height = 3, bitsPerSample = 8, identifiers = [1, 2, 3] } = options
  const { sampling = 0x11, isJfif = false, adobeTransform, scanParameter = 0 } = options
  const jfif = [0xff, 0xe0, ...word(16), ...text('JFIF'), 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]
  const adobe = [0xff, 0xee, ...word(14), ...text('Adobe'), 0, 100, 0, 0, 0, 0, adobeTransform ?? 0]
  const components = identifiers.flatMap((identifier, index) => [identifier, index === 0 ? sampling : 0x11, 0])
  const scan = identifiers.flatMap((identifier) => [identifier, 0])
  return bytes(
    [0xff, 0xd8, ...(isJfif ? jfif : []), ...(adobeTransform === undefined ? [] : adobe)],
    [0xff, frameMarker, ...word(8 + components.length), bitsPerSample, ...word(height), ...word(width)],
    [identifiers.length, ...components],
    [0xff, 0xda, ...word(6 + scan.length), identifiers.length, ...scan, scanParameter, 0, 0],
    [0xff, 0xd9],
  )
}

/** The signature of a JPEG XL code stream (ISO/IEC 18181-1) with some bytes. */
export const jpegXl: Uint8Array<ArrayBuffer> = Uint8Array.of(0xff, 0x0a, 1, 2, 3, 4, 5, 6)

function bytes(...parts: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flat())
}

function word(value: number): readonly number[] {
  return [value >>> 8, value & 0xff]
}

function long(value: number): readonly number[] {
  return [...word(value >>> 16), ...word(value & 0xffff)]
}

function text(characters: string): readonly number[] {
  return Array.from(characters, (character) => character.charCodeAt(0))
}
