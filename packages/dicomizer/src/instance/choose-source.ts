import {
  createInstance,
  estimatedFrameByteLength,
  type DicomInstance,
  type DicomizeOptions,
  type InstanceOfFrames,
  type InstanceOrigin,
} from './instance.ts'
import type { InstanceSource } from './instance-source.ts'
import { createNoticeCollector, type NoticeCollector } from '../notices.ts'
import { explicitVrLittleEndian, storedSyntax, type StoredSyntax } from '../frames/transfer-syntax.ts'
import { createWholeInstance, type WholeInstance } from '../whole/whole-instance.ts'
import { describedFrames, hasFloatPixelData, whyFramesCannotServe } from '../whole/whole-instance-need.ts'

/**
 * Makes an instance whose pixels come from where the options say: from its frames, or from AHI as a whole where they
 * cannot serve and there is a source of whole instances.
 */
export function createInstanceOfSource(origin: InstanceOrigin, options: DicomizeOptions): DicomInstance {
  const ofFrames = createInstance(origin, options)
  const { instanceSource, source = 'frames', headerOnly = false } = options
  if (headerOnly) return ofFrames
  if (instanceSource !== undefined) return instanceOfEither(ofFrames, { origin, options, instanceSource })
  if (source === 'instance') throw new TypeError('Expected the `instanceSource` option for `source: "instance"`')
  return ofFrames
}

interface EitherOptions {
  readonly origin: InstanceOrigin
  readonly options: DicomizeOptions
  readonly instanceSource: InstanceSource
}

/** Decides between the two when it is first asked for what differs: attributes are not looked at before. */
function instanceOfEither(ofFrames: InstanceOfFrames, either: EitherOptions): DicomInstance {
  const { origin, options } = either
  const syntax = storedSyntax(origin.instance.StoredTransferSyntaxUID, options.losslessStorageFormat ?? 'HTJ2K')
  const notices = createNoticeCollector()
  const expectedFrames = ofFrames.frameCount === 0 ? describedFrames(origin.instance.DICOM) : ofFrames.frameCount
  let chosen: WholeInstance | 'frames' | undefined

  function whole(): WholeInstance | undefined {
    chosen ??= isWholeNeeded() ? wholeInstance(ofFrames, { ...either, syntax, notices }) : 'frames'
    return chosen === 'frames' ? undefined : chosen
  }

  function whyNotFrames(): string | undefined {
    const why = whyFramesCannotServe(origin.instance, syntax)
    return why ?? (ofFrames.hasSeparateBulkData() ? 'the document lacks large binary values' : undefined)
  }

  /** Attributes of an image do not prove that there is one: its file may turn out to have no pixels. */
  function frameCount(): number {
    const hasNone = chosen !== undefined && chosen !== 'frames' && chosen.hasNoPixelData
    return hasNone ? 0 : expectedFrames
  }

  function isWholeNeeded(): boolean {
    return options.source === 'instance' || whyNotFrames() !== undefined
  }

  async function* part10(reading: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<Uint8Array> {
    reading.signal?.throwIfAborted()
    const instance = whole()
    notices.clear()
    if (instance === undefined) {
      yield* ofFrames.part10(reading)
      return
    }
    const why = options.source === 'instance' ? undefined : whyNotFrames()
    if (why !== undefined) {
      notices.add({ code: 'WHOLE_INSTANCE_USED', message: `the file is the whole instance as AHI gives it: ${why}` })
    }
    yield* instance.part10(reading.signal)
  }

  return {
    datastoreId: ofFrames.datastoreId,
    imageSetId: ofFrames.imageSetId,
    studyInstanceUid: ofFrames.studyInstanceUid,
    seriesInstanceUid: ofFrames.seriesInstanceUid,
    sopInstanceUid: ofFrames.sopInstanceUid,
    sopClassUid: ofFrames.sopClassUid,
    storedTransferSyntaxUid: ofFrames.storedTransferSyntaxUid,
    get transferSyntaxUid() {
      return (whole() ?? ofFrames).transferSyntaxUid
    },
    get source() {
      return whole() === undefined ? ofFrames.source : 'instance'
    },
    get frameCount() {
      return frameCount()
    },
    get pictureCount() {
      return frameCount() === 0 ? ofFrames.pictureCount : frameCount()
    },
    get frameByteLength() {
      return frameCount() === 0 ? 0 : estimatedFrameByteLength(origin)
    },
    get attributes() {
      return ofFrames.attributes
    },
    get dataset() {
      return ofFrames.dataset
    },
    get frameChecks() {
      return (whole() ?? ofFrames).frameChecks
    },
    get notices() {
      return whole() === undefined ? ofFrames.notices : notices.list()
    },
    frame: async (index, reading = {}) => {
      reading.signal?.throwIfAborted()
      // Pixels of real numbers are attributes, and no frames of AHI's.
      const instance = frameCount() === 0 ? undefined : whole()
      return instance === undefined ? ofFrames.frame(index, reading) : instance.frame(index, reading.signal)
    },
    part10,
  }
}

function wholeInstance(
  ofFrames: DicomInstance,
  {
    origin,
    options,
    instanceSource: source,
    syntax: stored,
    notices,
  }: EitherOptions & { readonly syntax: StoredSyntax; readonly notices: NoticeCollector },
): WholeInstance {
  const { datastoreId, imageSetId, sopInstanceUid, studyInstanceUid, seriesInstanceUid } = ofFrames
  const { instance } = origin
  const { transferSyntax = 'explicit', verifyFrames = true, frameDecoder: decoder } = options
  const checksumBasis = instance.ChecksumType === 'DECOMPRESSED' ? 'decoded' : stored.checksumBasis
  const expected = { datastoreId, imageSetId, sopInstanceUid, frames: instance.ImageFrames, checksumBasis } as const
  const storedUid = ofFrames.storedTransferSyntaxUid ?? instance.StoredTransferSyntaxUID ?? explicitVrLittleEndian
  return createWholeInstance({
    source,
    expected,
    studyInstanceUid,
    seriesInstanceUid,
    stored,
    decoder,
    transferSyntax,
    verifyFrames,
    expectedTransferSyntaxUid: transferSyntax === 'explicit' ? explicitVrLittleEndian : storedUid,
    hasPixelData: instance.ImageFrames.length > 0 && !hasFloatPixelData(instance.DICOM),
    notices,
  })
}
