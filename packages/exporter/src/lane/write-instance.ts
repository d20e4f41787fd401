import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import { writeInstanceFiles, type WrittenFile } from '@ahi-dicom/export-files'
import { errorCode, isFatal, isRetryable } from '../failure/failure.ts'
import { destinationNotices } from './destination-notices.ts'
import type { InstanceItem } from './lane-item.ts'
import type { Lane } from './lane.ts'
import type { OpenInstance } from './open-instance.ts'

/** An instance to write to the destination. */
export interface InstanceToWrite {
  readonly item: InstanceItem
  readonly open: OpenInstance
  /** Opens AHI's own file of the instance. */
  readonly openWhole: () => OpenInstance
}

/** An instance that was written to the destination. */
export interface WrittenInstance {
  readonly instance: DicomInstance
  readonly files: readonly WrittenFile[]
  readonly notices: readonly InstanceNotice[]
  /** Why some files are missing. */
  readonly failures: readonly unknown[]
}

/** Failures of frames that AHI's own file of the instance may not have. */
const failuresOfFrames = new Set(['FRAME_UNDECODABLE', 'FRAME_MISMATCH', 'TRANSFER_SYNTAX_UNSUPPORTED'])

/** Failures of answers that are read only once. An empty answer does not show in `received`. */
const failuresOfAnswers = new Set(['FRAME_SIZE_MISMATCH', 'INSTANCE_FILE_INVALID'])

/**
 * Writes the files of an instance, with a second attempt if that can help. If its frames cannot be used, the second
 * attempt writes AHI's own file. If a streamed body was damaged, or frames do not have the length in the document, it
 * repeats the first attempt. The second attempt needs no more memory than the first, except for the chunks of a body.
 *
 * @throws the error of the first attempt if the second fails too. It is `retryable` if the second error is, or if the
 * two damaged bodies differ: the damage then happened in transit.
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
  // A streamed body has already been passed on, so its frames cannot be requested again.
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
  message: "its frames could not be written; the file is AHI's own file of the whole instance",
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
