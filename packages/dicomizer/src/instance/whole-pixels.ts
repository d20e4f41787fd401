import type { DataSet } from '../data-set/data-set.ts'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { storedSyntax } from '../frames/transfer-syntax.ts'
import type { NoticeCollector } from '../notices.ts'
import type { WholeFrameDecoder } from '../whole/frame-comparison.ts'
import type { InstanceSource } from '../whole/instance-source.ts'
import { withPhotometric } from '../pixels/photometric-interpretation.ts'
import { createWholeInstance } from '../whole/whole-instance.ts'
import { describedFrames, hasFloatPixelData } from '../whole/whole-instance-need.ts'
import type { DicomizeOptions, InstanceEntry } from './dicom-instance.ts'
import { encapsulatedElementLength, envelopeLength, storedLengths } from './file-measure.ts'
import { estimatedFrameByteLength } from './frame-lengths.ts'
import { emptyFramesOf, framesEmpty } from './pixel-notices.ts'
import type { PixelWay } from './pixel-way.ts'

/** The most bytes of the file that are in memory. */
const streamedByteLength = 1 << 18

/** Options of {@link createWholePixels}. */
export interface WholePixelsParts {
  readonly entry: InstanceEntry
  readonly studyInstanceUid: string
  readonly source: InstanceSource
  /** Returns the document's attributes, which describe the decoded pixels. */
  readonly dataSet: () => DataSet
  /** The reason for fetching the whole instance, for a notice. Undefined if the caller chose it. */
  readonly why: string | undefined
  readonly notices: NoticeCollector
}

/** Returns the pixels of an instance, read from AHI's file of it. Nothing is fetched yet. */
export function createWholePixels(parts: WholePixelsParts, options: DicomizeOptions): PixelWay {
  const { entry, studyInstanceUid, source, dataSet, why, notices } = parts
  const { datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid, instance } = entry
  const { transferSyntax = 'explicit', verifyFrames = true, losslessStorageFormat = 'HTJ2K' } = options
  const stored = storedSyntax(instance.StoredTransferSyntaxUID, losslessStorageFormat)
  const storedUid = instance.ImageFrames.length === 0 ? instance.StoredTransferSyntaxUID : stored.uid
  const checksumBasis = instance.ChecksumType === 'DECOMPRESSED' ? 'decoded' : stored.checksumBasis
  const frames = instance.ImageFrames
  const emptyFrames = emptyFramesOf(instance)
  const statedFrames = frames.length === 0 ? describedFrames(instance.DICOM) : frames.length
  const whole = createWholeInstance({
    source,
    expected: { datastoreId, imageSetId, sopInstanceUid, frames, checksumBasis },
    studyInstanceUid,
    seriesInstanceUid,
    stored,
    decoder: decoderOf(options),
    transferSyntax,
    verifyFrames,
    expectedTransferSyntaxUid:
      transferSyntax === 'explicit' ? explicitVrLittleEndian : (storedUid ?? explicitVrLittleEndian),
    hasPixelData: frames.length > 0 && !hasFloatPixelData(instance.DICOM),
    notices,
  })
  return {
    isWhole: true,
    storedTransferSyntaxUid: stored.uid,
    get transferSyntaxUid() {
      return whole.transferSyntaxUid
    },
    /** The attributes of an image do not prove that it has pixels: its file may have none. */
    get frameCount() {
      return whole.hasNoPixelData ? 0 : statedFrames
    },
    dataSet: () => withPhotometric(dataSet(), whole.photometric),
    heldByteLength: () => streamedByteLength,
    measureFile(encode) {
      const envelope = envelopeLength(encode(dataSet(), whole.transferSyntaxUid))
      const { storedFrameLengths } = storedLengths(entry)
      const isDecoded = transferSyntax === 'explicit' && !stored.isVideo
      const decoded = statedFrames * estimatedFrameByteLength(entry)
      const isStoredKnown = storedFrameLengths.length > 0 && !isDecoded
      const pixels = isStoredKnown ? encapsulatedElementLength(storedFrameLengths) : decoded
      return { byteLength: envelope + pixels, isExact: false }
    },
    async frame(index, signal, onFrame) {
      return { pixels: await whole.frame(index, signal, onFrame), release() {} }
    },
    async *stream({ signal, onFrame }) {
      if (why !== undefined) {
        notices.add({ code: 'WHOLE_INSTANCE_USED', message: `the file is the whole instance as AHI gives it: ${why}` })
      }
      if (emptyFrames.length > 0) notices.add(framesEmpty(emptyFrames))
      yield* whole.part10(signal)
      const { verified, unverified } = whole.frameChecks
      for (let frame = 0; frame < verified + unverified; frame++) onFrame(frame < verified)
    },
  }
}

function decoderOf({ frameReader }: DicomizeOptions): WholeFrameDecoder | undefined {
  const decode = frameReader?.decode?.bind(frameReader)
  if (frameReader === undefined || decode === undefined) return undefined
  return { decode, decodes: (transferSyntaxUid) => frameReader.decodes(transferSyntaxUid) }
}
