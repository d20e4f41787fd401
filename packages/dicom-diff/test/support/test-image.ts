import { shorts, text, type TestElement } from './write-dicom.ts'

/** Changes to the usual image. */
export interface ImageOptions {
  readonly sopInstanceUid?: string
  readonly rows?: number
  readonly columns?: number
  readonly samplesPerPixel?: number
  readonly photometricInterpretation?: string
  readonly bitsAllocated?: number
  readonly bitsStored?: number
  readonly isSigned?: boolean
  readonly isPlanar?: boolean
  readonly frames?: number
}

/** Returns the attributes of an image without its pixels. */
export function imageElements(options: ImageOptions = {}): TestElement[] {
  const { rows = 4, columns = 6, samplesPerPixel = 1, bitsAllocated = 16, bitsStored = bitsAllocated } = options
  const { frames, isSigned = false, isPlanar = false, photometricInterpretation = 'MONOCHROME2' } = options
  return [
    text(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'),
    text(0x00080018, 'UI', options.sopInstanceUid ?? '1.2.3'),
    text(0x00100010, 'PN', 'Doe^Jane'),
    text(0x0020000d, 'UI', '1.2.4'),
    text(0x0020000e, 'UI', '1.2.5'),
    shorts(0x00280002, samplesPerPixel),
    text(0x00280004, 'CS', photometricInterpretation),
    ...(samplesPerPixel > 1 ? [shorts(0x00280006, isPlanar ? 1 : 0)] : []),
    ...(frames === undefined ? [] : [text(0x00280008, 'IS', String(frames))]),
    shorts(0x00280010, rows),
    shorts(0x00280011, columns),
    shorts(0x00280100, bitsAllocated),
    shorts(0x00280101, bitsStored),
    shorts(0x00280102, bitsStored - 1),
    shorts(0x00280103, isSigned ? 1 : 0),
  ]
}

/** Returns an image with uncompressed pixels. */
export function nativeImage(pixels: Uint8Array, options: ImageOptions = {}): TestElement[] {
  const vr = (options.bitsAllocated ?? 16) > 8 ? 'OW' : 'OB'
  return [...imageElements(options), { tag: 0x7fe00010, vr, value: pixels }]
}

/** Returns an image with encapsulated frames. */
export function encapsulatedImage(fragments: readonly Uint8Array[], options: ImageOptions = {}): TestElement[] {
  return [...imageElements(options), { tag: 0x7fe00010, vr: 'OB', fragments }]
}

/** Returns the elements with one of them replaced. */
export function withElement(elements: readonly TestElement[], element: TestElement): TestElement[] {
  return [...elements.filter(({ tag }) => tag !== element.tag), element]
}
