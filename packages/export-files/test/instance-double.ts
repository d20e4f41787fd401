import type { DicomInstance, FileMeasure, InstanceDescription } from '@ahi-dicom/dicomizer'
import type { InstanceFileEntry, InstanceKey, WrittenFile } from '@ahi-dicom/export-files'
import type { PixelArray } from '@ahi-dicom/renderer'
import { attributesOf, type Attributes } from '../../renderer/test/picture-source-double.ts'

export interface InstanceDouble extends Partial<
  Omit<DicomInstance, 'attributes' | 'frame' | 'borrowFrame' | 'part10'>
> {
  readonly attributes?: Attributes
  readonly chunks?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  readonly frames?: readonly PixelArray[]
}

/** Returns an instance with the Part 10 file `chunks` and the frames `frames`. */
export function instanceDouble(double: InstanceDouble = {}): DicomInstance {
  const { chunks = [Buffer.from('a '), Buffer.from('file')], frames = [], attributes = {}, ...identity } = double
  async function frame(index: number): Promise<PixelArray> {
    const pixels = frames[index]
    if (pixels === undefined) throw new Error(`no frame ${index}`)
    return pixels
  }
  return {
    datastoreId: '12345678901234567890123456789012',
    imageSetId: 'ab345678901234567890123456789012',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid: '1.2.3.4.5',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    storedTransferSyntaxUid: undefined,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    source: 'frames',
    frameCount: frames.length,
    pictureCount: frames.length,
    frameByteLength: frames[0]?.byteLength ?? 0,
    dataset: {},
    frameChecks: { verified: frames.length, unverified: 0 },
    pictureChecks: new Map(),
    notices: [],
    describe: () => description,
    measureFile: () => fileMeasure,
    ...identity,
    attributes: attributesOf(attributes),
    frame,
    borrowFrame: async (index) => ({ pixels: await frame(index), release() {} }),
    async *part10() {
      yield* chunks
    },
  }
}

const description: InstanceDescription = {
  source: 'frames',
  frameCount: 0,
  frameByteLength: 0,
  storedFrameByteLength: 0,
  heldByteLength: 0,
  isStreamed: false,
}

const fileMeasure: FileMeasure = {
  byteLength: 0,
  isExact: true,
  storedFrameLengths: [],
  areStoredLengthsExact: true,
}

/** Returns the key of an instance. */
export function keyOf(instance: DicomInstance, versionId = '1'): InstanceKey {
  const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = instance
  return { datastoreId, imageSetId, versionId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }
}

/** Returns the manifest entry for a file of an instance. */
export function entryOf(instance: DicomInstance, file: WrittenFile, versionId = '1'): InstanceFileEntry {
  return {
    ...keyOf(instance, versionId),
    sopClassUid: instance.sopClassUid,
    path: file.path,
    format: file.format,
    bytes: file.byteLength,
    sha256: file.sha256,
    frames: instance.pictureCount,
    ...(file.frame === undefined ? {} : { frame: file.frame }),
    transferSyntaxUid: instance.transferSyntaxUid,
    source: instance.source,
    request: { form: 'explicit', source: 'frames', ...(file.settings && { settings: file.settings }) },
    checksum: 'verified',
  }
}
