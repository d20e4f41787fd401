import type { ManifestEntry, SinkInstance, WrittenFile } from '@ahi-dicom/exporter-fs'
import type { DicomAttributes, PixelArray } from '@ahi-dicom/renderer'

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

export interface InstanceDouble extends Partial<Omit<SinkInstance, 'attributes' | 'frame' | 'part10'>> {
  readonly attributes?: Attributes
  readonly chunks?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  readonly frames?: readonly PixelArray[]
}

/** An instance whose Part 10 form is `chunks` and whose frames are `frames`. */
export function instanceDouble(double: InstanceDouble = {}): SinkInstance {
  const { chunks = [Buffer.from('a '), Buffer.from('file')], frames = [], attributes = {}, ...identity } = double
  return {
    datastoreId: '12345678901234567890123456789012',
    imageSetId: 'ab345678901234567890123456789012',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid: '1.2.3.4.5',
    frameCount: frames.length,
    ...identity,
    attributes: attributesOf(attributes),
    async frame(index) {
      const frame = frames[index]
      if (frame === undefined) throw new Error(`no frame ${index}`)
      return frame
    },
    async *part10() {
      yield* chunks
    },
  }
}

/** The line of a manifest for a file of an instance. */
export function entryOf(instance: SinkInstance, file: WrittenFile, versionId = '1'): ManifestEntry {
  const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid, frameCount } = instance
  return {
    datastoreId,
    imageSetId,
    versionId,
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    path: file.path,
    format: file.format,
    bytes: file.byteLength,
    sha256: file.sha256,
    frames: frameCount,
    ...(file.frame === undefined ? {} : { frame: file.frame }),
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    source: 'frames',
    checksum: 'verified',
  }
}
