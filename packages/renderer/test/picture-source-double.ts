import type { DicomAttributes, PictureSource, PixelArray } from '@ahi-dicom/renderer'

type Value = string | number | Uint8Array | readonly (string | number)[] | readonly Attributes[]

export interface Attributes {
  readonly [keyword: string]: Value
}

/** Attributes by keyword: texts, numbers, bytes, or the items of a sequence. */
export function attributesOf(values: Attributes): DicomAttributes {
  const list = (keyword: string): readonly (string | number)[] => {
    const value = values[keyword]
    if (value === undefined || value instanceof Uint8Array) return []
    if (typeof value === 'string' || typeof value === 'number') return [value]
    return value.filter((one) => typeof one !== 'object')
  }
  return {
    string: (keyword) => list(keyword).map(String)[0],
    strings: (keyword) => list(keyword).map(String),
    number: (keyword) => list(keyword).map(Number)[0],
    numbers: (keyword) => list(keyword).map(Number),
    bytes(keyword) {
      const value = values[keyword]
      return value instanceof Uint8Array ? value : undefined
    },
    items(keyword) {
      const value = values[keyword]
      if (!Array.isArray(value)) return []
      return value.filter((item) => typeof item === 'object').map((item) => attributesOf(item))
    },
    has: (keyword) => keyword in values,
    keywords: () => Object.keys(values),
  }
}

/** Returns an instance with these frames. */
export function pictureSource(frames: readonly PixelArray[], attributes: Attributes): PictureSource {
  return {
    sopInstanceUid: '1.2.3.4.5',
    frameCount: frames.length,
    attributes: attributesOf(attributes),
    async frame(index) {
      const frame = frames[index]
      if (frame === undefined) throw new Error(`no frame ${index}`)
      return frame
    },
  }
}
