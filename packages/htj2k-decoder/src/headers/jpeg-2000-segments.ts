import type { MarkerSegment } from './marker-segment.ts'

/** The fields of a SIZ segment (T.800 A.5.1). Sides and offsets are in samples of the reference grid. */
export interface SizFields {
  /** True if the blocks use high throughput coding (HTJ2K, T.814 A.2) and not Part 1. */
  readonly isHighThroughput: boolean
  /** True if the code stream uses extensions of Part 2. */
  readonly isExtended: boolean
  readonly right: number
  readonly bottom: number
  readonly left: number
  readonly top: number
  readonly tileWidth: number
  readonly tileHeight: number
  readonly tileLeft: number
  readonly tileTop: number
  readonly components: number
  /** True if the segment has components, and exactly the length for them. */
  readonly isWhole: boolean
}

/** The fields of one component in a SIZ segment. */
export interface SizComponent {
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /** Columns of the reference grid for each sample. */
  readonly columnSpacing: number
  /** Rows of the reference grid for each sample. */
  readonly rowSpacing: number
}

const highThroughput = 0x4000
const extensions = 0x8000
const fieldsLength = 36
const componentLength = 3
const signed = 0x80
/** Offset of the content of SIZ after SOC, its marker and its length. */
const contentOfSiz = 6

/** Returns the fields of a SIZ segment. Returns `undefined` if it is too short. */
export function readSiz(codeStream: DataView, { content, end }: MarkerSegment): SizFields | undefined {
  if (end - content < fieldsLength) return undefined
  const capabilities = codeStream.getUint16(content)
  const components = codeStream.getUint16(content + 34)
  const long = (index: number): number => codeStream.getUint32(content + 2 + 4 * index)
  return {
    isHighThroughput: (capabilities & highThroughput) !== 0,
    isExtended: (capabilities & extensions) !== 0,
    right: long(0),
    bottom: long(1),
    left: long(2),
    top: long(3),
    tileWidth: long(4),
    tileHeight: long(5),
    tileLeft: long(6),
    tileTop: long(7),
    components,
    isWhole: components > 0 && end - content === fieldsLength + componentLength * components,
  }
}

/** Returns the fields of a component from a complete SIZ segment. */
export function readSizComponent(codeStream: DataView, segment: MarkerSegment, component: number): SizComponent {
  const start = segment.content + fieldsLength + componentLength * component
  const precision = codeStream.getUint8(start)
  return {
    bitsPerSample: (precision & ~signed) + 1,
    isSigned: (precision & signed) !== 0,
    columnSpacing: codeStream.getUint8(start + 1),
    rowSpacing: codeStream.getUint8(start + 2),
  }
}

/**
 * Returns the number of columns or rows of a component: its samples between two lines of the reference grid (T.800
 * B.2).
 */
export function samplesBetween(start: number, end: number, spacing: number): number {
  return Math.ceil(end / spacing) - Math.ceil(start / spacing)
}

/** Returns the offset of a component's precision (Ssiz) in a code stream whose SIZ follows its SOC. */
export function precisionOffset(component: number): number {
  return contentOfSiz + fieldsLength + componentLength * component
}

/**
 * Replaces the reference grid of a code stream by the grid of its samples: changes the sides in SIZ and the spacing of
 * every component. SIZ must follow SOC. If all components have the same spacing and the image begins at the origin, the
 * samples are coded in the same way.
 */
export function narrowGrid(
  codeStream: Uint8Array,
  size: { readonly [side in 'width' | 'height' | 'tileWidth' | 'tileHeight' | 'components']: number },
): void {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  const sides = [size.width, size.height, 0, 0, size.tileWidth, size.tileHeight]
  for (const [index, side] of sides.entries()) view.setUint32(contentOfSiz + 2 + 4 * index, side)
  for (let component = 0; component < size.components; component += 1) {
    codeStream.fill(1, precisionOffset(component) + 1, precisionOffset(component) + componentLength)
  }
}

/** Returns the Ssiz byte of a precision. */
export function precisionByte({ bitsPerSample, isSigned }: Pick<SizComponent, 'bitsPerSample' | 'isSigned'>): number {
  return (bitsPerSample - 1) | (isSigned ? signed : 0)
}

/** The coding fields that COD and COC share (T.800 table A.20). */
export interface ComponentCoding {
  readonly decompositions: number
  /** The width of code blocks is 2 to the power of this. */
  readonly blockWidthExponent: number
  /** The height of code blocks is 2 to the power of this. */
  readonly blockHeightExponent: number
  readonly blockStyle: number
  /** 0 for the 9/7 wavelet, 1 for the 5/3 one. */
  readonly wavelet: number
  /** Offset of the first byte after these fields. Precinct sizes may follow there. */
  readonly codingEnd: number
}

/** The fields of a COD segment (T.800 A.6.1). */
export interface CodFields extends ComponentCoding {
  readonly style: number
  /** Number of the progression order (T.800 table A.16). */
  readonly progression: number
  readonly layers: number
  /** 1 if the first three components went through a colour transform. */
  readonly colourTransform: number
}

/** Number of the lossless wavelet. */
export const reversibleWavelet = 1

/** Offset of the component coding in the content of a COD segment. */
const codingOffset = 5

/** Bytes of a component coding. */
export const componentCodingLength = 5

/** Returns the fields of a COD segment. Returns `undefined` if it is too short. */
export function readCod(codeStream: DataView, { content, end }: MarkerSegment): CodFields | undefined {
  if (end - content < codingOffset + componentCodingLength) return undefined
  return {
    style: codeStream.getUint8(content),
    progression: codeStream.getUint8(content + 1),
    layers: codeStream.getUint16(content + 2),
    colourTransform: codeStream.getUint8(content + 4),
    ...readComponentCoding(codeStream, content + codingOffset),
  }
}

/** Returns the component coding at an offset of a COD or COC segment. */
export function readComponentCoding(codeStream: DataView, start: number): ComponentCoding {
  return {
    decompositions: codeStream.getUint8(start),
    blockWidthExponent: codeStream.getUint8(start + 1) + 2,
    blockHeightExponent: codeStream.getUint8(start + 2) + 2,
    blockStyle: codeStream.getUint8(start + 3),
    wavelet: codeStream.getUint8(start + 4),
    codingEnd: start + componentCodingLength,
  }
}
