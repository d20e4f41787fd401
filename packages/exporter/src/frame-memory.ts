import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { ChecksumBasis, DicomInstance } from '@ahi-dicom/dicomizer'

/** Whether the frames of an instance stay in memory once they were read. `within-limit`: where all of them have room. */
export type KeepFrames = 'always' | 'within-limit' | 'never'

/** The form in which frames are kept. */
type KeptForm = 'stored' | 'decoded'

/** What an instance may take. */
export interface FrameMemoryLimits {
  /** Bytes of frames that this instance may have in flight; one frame it may always have. */
  readonly maxBytes: number
  /** Frames that this instance may have in flight. */
  readonly maxFrames: number
  /** Default `never`. */
  readonly keepFrames?: KeepFrames | undefined
}

/** The limits of an instance, and what its checksums are computed from, where that can be had. */
export interface FrameMemoryOptions extends FrameMemoryLimits {
  readonly basis: ChecksumBasis | undefined
}

/** How the frames of one instance are held while it is read. */
export interface FrameMemory {
  /** `undefined`: reading a frame again fetches and decodes it again. */
  readonly kept: KeptForm | undefined
  /** Frames of the look-ahead. */
  readonly window: number
  /** Frames that a reader may hold at a time. */
  readonly maxFrames: number
  /** The most bytes of fetched and decoded frames that there are at a time. */
  readonly bytesInFlight: number
}

const explicitVrLittleEndian = '1.2.840.10008.1.2.1'

/** Until it has so many bytes of stored frames, dicomizer gathers them to write their offsets first. */
const gatheredBytes = 8 << 20

/** Decides what of an instance with frames is in memory at a time. */
export function planFrameMemory(
  metadata: InstanceMetadata,
  instance: DicomInstance,
  limits: FrameMemoryOptions,
): FrameMemory {
  const { maxBytes, keepFrames = 'never' } = limits
  const stored = storedFrameBytes(metadata, instance)
  const decoded = Math.max(0, instance.frameByteLength)
  const form = keptForm(instance, limits)
  /** Of each frame in flight, what is there beside its kept form: the other, or a copy to decode and what comes of it. */
  const beside = form === 'decoded' ? stored : stored + decoded
  const whole = instance.frameCount * (form === 'decoded' ? decoded : stored)
  const hasRoom = whole + beside <= Math.max(maxBytes, stored + decoded)
  if (keepFrames === 'never' || (keepFrames === 'within-limit' && !hasRoom)) {
    return lookAheadAlone(instance, { stored, decoded }, limits)
  }
  const window = windowOf(instance, beside, { ...limits, maxBytes: maxBytes - whole })
  const maxFrames = form === 'decoded' ? instance.frameCount : window
  return { kept: form, window, maxFrames, bytesInFlight: whole + window * beside }
}

function lookAheadAlone(
  instance: DicomInstance,
  { stored, decoded }: { readonly stored: number; readonly decoded: number },
  limits: FrameMemoryLimits,
): FrameMemory {
  const window = windowOf(instance, stored + decoded, limits)
  const gathered = isEncapsulated(instance) ? Math.min(gatheredBytes, (instance.frameCount - window) * stored) : 0
  return { kept: undefined, window, maxFrames: window, bytesInFlight: window * (stored + decoded) + gathered }
}

function windowOf(
  { frameCount }: DicomInstance,
  bytesOfEach: number,
  { maxBytes, maxFrames }: FrameMemoryLimits,
): number {
  return Math.max(1, Math.min(frameCount, maxFrames, Math.floor(maxBytes / bytesOfEach)))
}

/** Decoded frames serve where dicomizer needs no stored ones: neither to write nor for their checksums. */
function keptForm(instance: DicomInstance, { basis }: FrameMemoryOptions): KeptForm {
  const isNative = instance.storedTransferSyntaxUid === explicitVrLittleEndian
  return isEncapsulated(instance) || isNative || basis !== 'decoded' ? 'stored' : 'decoded'
}

function isEncapsulated({ transferSyntaxUid }: DicomInstance): boolean {
  return transferSyntaxUid !== explicitVrLittleEndian
}

/** The size of the largest stored frame: `FrameSizeInBytes`, which in documents of 2023 is that of the decoded one. */
function storedFrameBytes({ ImageFrames: frames }: InstanceMetadata, { frameByteLength }: DicomInstance): number {
  return frames.reduce((largest, frame) => Math.max(largest, frame.FrameSizeInBytes ?? frameByteLength), 1)
}
