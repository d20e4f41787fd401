import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { tags, type DicomAttributes } from '@ahi-dicom/dicom-standard'

import { dicomAttributes } from '../data-set/attributes.ts'
import type { DataSet } from '../data-set/data-set.ts'
import { naturalDataSet } from '../data-set/dcmjs-data-set.ts'
import { withoutRepeatedFrames } from '../document/repeated-frames.ts'
import { resolveInstance, type ResolvedInstance } from '../document/resolve-instance.ts'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { storedSyntax } from '../frames/transfer-syntax.ts'
import { createNoticeCollector } from '../notices.ts'
import { fileMetaInformation } from '../part10/file-meta.ts'
import { encodeEnvelope, uidOf, type Part10Envelope } from '../part10/part10.ts'
import { floatPixels } from '../pixels/float-pixels.ts'
import { hasFloatPixelData, whyFramesCannotServe } from '../whole/whole-instance-need.ts'
import type { DicomInstance, DicomizeOptions, FileMeasure, InstanceEntry, ReadingOptions } from './dicom-instance.ts'
import { estimatedFrameByteLength, largestStoredFrame } from './frame-lengths.ts'
import { envelopeLength, storedLengths } from './file-measure.ts'
import { createFramePixels } from './frame-pixels.ts'
import type { PixelWay } from './pixel-way.ts'
import { createWholePixels } from './whole-pixels.ts'

const defaultFrameConcurrency = 4

/**
 * Returns the DICOM instance of one entry of a metadata document. Attributes of the Patient, Study and Series levels
 * are merged into it. Nothing is fetched, decoded or encoded until you ask for it.
 *
 * @throws {TypeError} for `source: 'instance'` without an `instanceSource`
 * @example
 * import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
 * import { dicomizeInstance } from '@ahi-dicom/dicomizer'
 *
 * for (const entry of imageSetInstances(metadata)) {
 *   const { attributes } = dicomizeInstance({ ...entry, datastoreId, imageSetId }, { headerOnly: true })
 *   console.log(attributes.string('Modality')) // CT
 * }
 */
export function dicomizeInstance(listed: InstanceEntry, options: DicomizeOptions = {}): DicomInstance {
  const entry = { ...listed, instance: withoutRepeatedFrames(listed.instance) }
  const { datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid, instance } = entry
  const { instanceSource, source = 'frames', headerOnly = false } = options
  if (source === 'instance' && !headerOnly && instanceSource === undefined) {
    throw new TypeError('Expected the `instanceSource` option for `source: "instance"`')
  }
  const studyInstanceUid = textAttribute(entry.study, 'StudyInstanceUID')
  const checks = { verified: 0, unverified: 0 }
  const pictureChecks = new Map<number, boolean>()
  const notices = createNoticeCollector()
  const content = once(() => resolveEntry(entry))
  const dataSet = (): DataSet => content().dataSet
  const frames = createFramePixels(entry, dataSet, options)
  const way = once(chooseWay)
  const measured = once(measure)

  /** Reads the attributes only if there is a choice. */
  function chooseWay(): PixelWay {
    if (headerOnly || instanceSource === undefined) return frames
    const why = source === 'instance' ? undefined : whyNotFrames()
    if (source !== 'instance' && why === undefined) return frames
    const base = { entry, studyInstanceUid, source: instanceSource, why, notices }
    return createWholePixels({ ...base, dataSet: () => frames.dataSet() }, options)
  }

  function whyNotFrames(): string | undefined {
    const syntax = storedSyntax(instance.StoredTransferSyntaxUID, options.losslessStorageFormat ?? 'HTJ2K')
    const why = whyFramesCannotServe(instance, syntax)
    return why ?? (content().hasSeparateBulkData ? 'the document lacks large binary values' : undefined)
  }

  function sourceOf(): DicomInstance['source'] {
    if (way().isWhole) return 'instance'
    return headerOnly || instance.ImageFrames.length === 0 ? 'none' : 'frames'
  }

  function pictureCount(): number {
    const { frameCount } = way()
    if (frameCount > 0 || !hasFloatPixelData(instance.DICOM)) return frameCount
    return floatPixels(dataSet(), entry)?.frameCount ?? 0
  }

  function encode(described: DataSet, transferSyntaxUid: string): Part10Envelope {
    return encodeEnvelope(
      { dataSet: described, importedFileMeta: content().fileMeta, transferSyntaxUid, notices },
      entry,
    )
  }

  async function* part10(reading: ReadingOptions = {}): AsyncGenerator<Uint8Array> {
    const { signal } = reading
    signal?.throwIfAborted()
    const frameConcurrency = requireConcurrency(reading)
    checks.verified = 0
    checks.unverified = 0
    notices.clear()
    const { isWhole } = way()
    if (!isWhole) for (const notice of content().notices) notices.add(notice)
    const onFrame = (isVerified: boolean): void => void (checks[isVerified ? 'verified' : 'unverified'] += 1)
    if (sourceOf() !== 'none') yield* way().stream({ signal, frameConcurrency, encode, onFrame, notices })
    else yield* envelopeChunks(encode(frames.dataSet(), explicitVrLittleEndian))
  }

  function measure(): FileMeasure {
    const stored = storedLengths(entry)
    const envelope = (described: DataSet, transferSyntaxUid: string): Part10Envelope =>
      encodeEnvelope({ dataSet: described, importedFileMeta: content().fileMeta, transferSyntaxUid }, entry)
    if (sourceOf() !== 'none') return { ...way().measureFile(envelope), ...stored }
    const byteLength = envelopeLength(envelope(frames.dataSet(), explicitVrLittleEndian))
    return { byteLength, isExact: true, ...stored }
  }

  const borrowFrame: DicomInstance['borrowFrame'] = async (index, { signal } = {}) => {
    signal?.throwIfAborted()
    // Float pixels are attributes, without frames in AHI.
    const chosen = way().frameCount === 0 ? frames : way()
    return await chosen.frame(index, signal, (isVerified) => void pictureChecks.set(index, isVerified))
  }

  return {
    datastoreId,
    imageSetId,
    studyInstanceUid,
    seriesInstanceUid,
    sopInstanceUid,
    sopClassUid:
      textAttribute(instance.DICOM, 'SOPClassUID') || textAttribute(instance.DICOM, 'MediaStorageSOPClassUID'),
    get storedTransferSyntaxUid() {
      return instance.ImageFrames.length === 0 ? undefined : way().storedTransferSyntaxUid
    },
    get transferSyntaxUid() {
      return sourceOf() === 'none' ? explicitVrLittleEndian : way().transferSyntaxUid
    },
    get source() {
      return sourceOf()
    },
    get frameCount() {
      return way().frameCount
    },
    get pictureCount() {
      return pictureCount()
    },
    get frameByteLength() {
      return way().frameCount === 0 ? 0 : estimatedFrameByteLength(entry)
    },
    get attributes(): DicomAttributes {
      return dicomAttributes(way().dataSet())
    },
    get dataset(): Record<string, unknown> {
      const { fileMeta: imported } = content()
      const sopClassUid = uidOf(dataSet(), tags.sopClassUid, entry) ?? ''
      const transferSyntaxUid = sourceOf() === 'frames' ? frames.transferSyntaxUid : explicitVrLittleEndian
      const fileMeta = fileMetaInformation({ sopClassUid, sopInstanceUid, transferSyntaxUid, imported })
      return naturalDataSet(way().dataSet(), fileMeta, entry)
    },
    get frameChecks() {
      return { ...checks }
    },
    pictureChecks,
    get notices() {
      return notices.list()
    },
    describe(reading = {}) {
      const chosen = way()
      const { frameCount, isWhole } = chosen
      const frameConcurrency = requireConcurrency(reading)
      const held = sourceOf() === 'none' ? 0 : chosen.heldByteLength(frameConcurrency)
      const isVideo = storedSyntax(instance.StoredTransferSyntaxUID, 'HTJ2K').isVideo
      return {
        source: sourceOf(),
        frameCount,
        frameByteLength: frameCount === 0 ? 0 : estimatedFrameByteLength(entry),
        storedFrameByteLength: instance.ImageFrames.length === 0 ? 0 : largestStoredFrame(entry),
        heldByteLength: held,
        isStreamed: isWhole || (isVideo && options.frameReader?.stream !== undefined),
      }
    },
    measureFile: measured,
    async frame(index, options) {
      return (await borrowFrame(index, options)).pixels
    },
    borrowFrame,
    part10,
  }
}

function resolveEntry({ patient, study, series, instance, ...identity }: InstanceEntry): ResolvedInstance {
  return resolveInstance([patient, study, series, instance.DICOM], { vrs: instance.DICOMVRs, identity })
}

/** Returns the result of `make`, which is called once, at the first use. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

function* envelopeChunks({ head, tail }: Part10Envelope): Generator<Uint8Array> {
  yield head
  if (tail.length > 0) yield tail
}

function textAttribute(attributes: AttributeMap, keyword: string): string {
  const value = attributes[keyword]
  return typeof value === 'string' ? value.trim() : ''
}

function requireConcurrency({ frameConcurrency = defaultFrameConcurrency }: ReadingOptions): number {
  if (Number.isInteger(frameConcurrency) && frameConcurrency >= 1) return frameConcurrency
  throw new TypeError(`Expected the \`frameConcurrency\` option to be a positive integer, got \`${frameConcurrency}\``)
}
