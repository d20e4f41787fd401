import type { DataElement, DataSet } from '../data-set/data-set.ts'
import { InstanceFileError, type InstanceIdentity } from '../errors.ts'
import { isFileMeta, tags } from '@ahi-dicom/dicom-standard'
import { dataSetEncoding, type DataSetEncoding } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { Part10Events } from './walk.ts'

/**
 * Collects the elements that describe a DICOM file and its pixels, and checks that it is the file of the expected
 * instance.
 */
export interface FileDescription extends Pick<Part10Events, 'wants' | 'value'> {
  /** Returns the encoding of the file's data set. */
  encoding(): DataSetEncoding
  /**
   * Returns the TransferSyntaxUID of group 2.
   *
   * @throws {InstanceFileError} if it is missing
   */
  transferSyntaxUid(): string
  /** Returns the elements of the Image Pixel module that locate and describe the frames. */
  dataSet(): DataSet
  /**
   * Checks that the file names the expected instance.
   *
   * @throws {InstanceFileError} if it names no instance or another one
   */
  checkIdentity(): void
}

/** The elements to collect, with the VR of PS3.6, because implicit VR does not state it. */
const wanted: ReadonlyMap<number, 'UI' | 'US' | 'CS' | 'IS'> = new Map([
  [tags.mediaStorageSopInstanceUid, 'UI'],
  [tags.transferSyntaxUid, 'UI'],
  [tags.sopInstanceUid, 'UI'],
  [tags.samplesPerPixel, 'US'],
  [tags.photometricInterpretation, 'CS'],
  [tags.planarConfiguration, 'US'],
  [tags.numberOfFrames, 'IS'],
  [tags.rows, 'US'],
  [tags.columns, 'US'],
  [tags.bitsAllocated, 'US'],
  [tags.bitsStored, 'US'],
  [tags.pixelRepresentation, 'US'],
])

const latin1 = new TextDecoder('latin1')

/** Returns the description of one instance's file. Pass it the elements of the file. */
export function createFileDescription(
  identity: InstanceIdentity & { readonly sopInstanceUid: string },
): FileDescription {
  const elements = new Map<number, DataElement>()

  function textOf(tag: number): string {
    const value = elements.get(tag)?.value
    return typeof value === 'string' ? value : ''
  }

  function transferSyntaxUid(): string {
    const uid = textOf(tags.transferSyntaxUid)
    if (uid === '') throw new InstanceFileError(identity, 'it has no TransferSyntaxUID')
    return uid
  }

  function checkIdentityOf(tag: number): void {
    if (textOf(tag) === identity.sopInstanceUid) return
    throw new InstanceFileError(identity, 'it is another instance')
  }

  function encoding(): DataSetEncoding {
    return dataSetEncoding(textOf(tags.transferSyntaxUid))
  }

  return {
    wants: (tag) => wanted.has(tag),
    value(tag, value) {
      const vr = wanted.get(tag)
      if (vr === undefined || elements.has(tag)) return
      const isLittleEndian = isFileMeta(tag) || encoding().isLittleEndian
      elements.set(tag, { tag, vr, value: vr === 'US' ? unsigned(value, isLittleEndian) : text(value) })
      if (vr === 'UI' && tag !== tags.transferSyntaxUid) checkIdentityOf(tag)
    },
    encoding,
    transferSyntaxUid,
    dataSet: () => [...elements.values()].sort((a, b) => a.tag - b.tag),
    checkIdentity() {
      checkIdentityOf(tags.mediaStorageSopInstanceUid)
      checkIdentityOf(tags.sopInstanceUid)
    },
  }
}

/** Returns the first number, or null if the value is empty. */
function unsigned(value: Uint8Array, isLittleEndian: boolean): number | null {
  if (value.length < 2) return null
  return new DataView(value.buffer, value.byteOffset, value.byteLength).getUint16(0, isLittleEndian)
}

function text(value: Uint8Array): string {
  return latin1
    .decode(value)
    .replace(/[\0 ]+$/, '')
    .trimStart()
}
