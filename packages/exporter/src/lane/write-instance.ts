import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import { writeInstanceFiles, type WrittenFile } from '@ahi-dicom/export-files'
import { errorCode, isFatal, isRetryable } from '../failure/failure.ts'
import { destinationNotices } from './destination-notices.ts'
import type { InstanceItem } from './lane-item.ts'
import type { Lane } from './lane.ts'
import type { OpenInstance } from './open-instance.ts'

/** An instance on its way to the destination. */
export interface InstanceToWrite {
  readonly item: InstanceItem
  readonly open: OpenInstance
  /** Opens AHI's own file of it. */
  readonly openWhole: () => OpenInstance
}

/** An instance at the destination. */
export interface WrittenInstance {
  readonly instance: DicomInstance
  readonly files: readonly WrittenFile[]
  readonly notices: readonly InstanceNotice[]
  /** Why some of its files are missing. */
  readonly failures: readonly unknown[]
}

/** Failures of frames that AHI's own file of the instance may not have. */
const failuresOfFrames = new Set(['FRAME_UNDECODABLE', 'FRAME_MISMATCH', 'TRANSFER_SYNTAX_UNSUPPORTED'])

/** Failures of an answer that was read only once; an empty one leaves no trace in `received`. */
const failuresOfAnswers = new Set(['FRAME_SIZE_MISMATCH', 'INSTANCE_FILE_INVALID'])

/**
 * Writes the files of an instance, and once more if that may help: from AHI's own file of it if its frames cannot serve;
 * in the same way if a body that was passed on as it came was damaged, or if frames are not as long as the document says.
 * The second attempt takes no more memory than the first but the chunks of a body.
 *
 * @throws what the first attempt fails with, if the second fails too. It says `retryable` if the second one does, or if the
 *   damaged bodies differ: the damage came on the way then.
 */
export async function writeInstance(
  lane: Lane,
  target: InstanceToWrite,
  signal: AbortSignal,
): Promise<WrittenInstance> {
  try {
    return await writeOnce(lane, target.item, target.open, signal)
  } catch (error) {
    if (signal.aborted) throw error
    return await writeAgain(lane, target, { error, signal })
  } finally {
    target.open.close()
  }
}

async function writeAgain(
  lane: Lane,
  { item, open, openWhole }: InstanceToWrite,
  { error, signal }: { readonly error: unknown; readonly signal: AbortSignal },
): Promise<WrittenInstance> {
  const code = errorCode(error)
  // In a body that is passed on as it comes, no frame can be requested once more.
  const isOfFrames = code === 'FRAME_CHECKSUM_MISMATCH' || (!open.hasWholeInstance && failuresOfFrames.has(code))
  const isStreamDamage = open.received.hasStreamed && isOfFrames
  const isOfAnswer = isStreamDamage || failuresOfAnswers.has(code)
  const first = open.received.takeStreamed()
  try {
    if (isOfAnswer) return await writeOnce(lane, item, open, signal)
    if (open.hasWholeInstance && failuresOfFrames.has(code)) return await writeWhole(lane, item, openWhole(), signal)
  } catch (secondError) {
    if (signal.aborted || isFatal(secondError)) throw secondError
    const differs = isOfAnswer && open.received.takeStreamed() !== first
    throw differs || isRetryable(secondError) ? asRetryable(error) : error
  }
  throw error
}

function asRetryable(error: unknown): unknown {
  return error instanceof Error ? Object.assign(error, { retryable: true }) : error
}

async function writeWhole(
  lane: Lane,
  item: InstanceItem,
  open: OpenInstance,
  signal: AbortSignal,
): Promise<WrittenInstance> {
  try {
    const written = await writeOnce(lane, item, open, signal)
    return { ...written, notices: [...written.notices, wholeInstanceUsed] }
  } finally {
    open.close()
  }
}

const wholeInstanceUsed: InstanceNotice = {
  code: 'WHOLE_INSTANCE_USED',
  message: 'its frames could not be written; the file is the whole instance as AHI gives it',
  isLoss: false,
}

async function writeOnce(
  { formats, writer }: Lane,
  { stem, hasExtension }: InstanceItem,
  { instance, frameConcurrency }: OpenInstance,
  signal: AbortSignal,
): Promise<WrittenInstance> {
  const failures: unknown[] = []
  const told: InstanceNotice[] = []
  const files = await writeInstanceFiles({ instance, stem, hasExtension }, formats, writer, {
    frameConcurrency,
    signal,
    onFailure: (error) => void failures.push(error),
    onNotice: (notice) => void told.push(notice),
  })
  return { instance, files, notices: [...instance.notices, ...told, ...files.flatMap(destinationNotices)], failures }
}
