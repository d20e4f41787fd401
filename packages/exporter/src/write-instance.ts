import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import { errorCode, isFatal } from './failure.ts'
import type { OpenInstance } from './open-instance.ts'
import type { Received } from './received.ts'
import type { InstanceSink, WrittenFile } from './sink.ts'

/** An instance on its way to the sink. */
export interface InstanceToWrite {
  readonly open: OpenInstance
  /** Opens AHI's own file of it. */
  readonly openWhole: () => OpenInstance
  readonly received: Received
}

/** An instance in the sink. */
export interface WrittenInstance {
  readonly instance: DicomInstance
  readonly files: readonly WrittenFile[]
  readonly notices: readonly InstanceNotice[]
  /** Why there are not all of its files. */
  readonly failures: readonly unknown[]
}

/** Failures of frames that AHI's own file of the instance may not have. */
const failuresOfFrames = new Set(['FRAME_UNDECODABLE', 'FRAME_MISMATCH', 'TRANSFER_SYNTAX_UNSUPPORTED'])

/** What a body that was damaged on its way looks like once it has been passed on. */
const failuresOfStreams = new Set(['FRAME_CHECKSUM_MISMATCH', 'INSTANCE_FILE_INVALID'])

/**
 * Writes an instance to the sink, and once more where that may help: from AHI's own file of it where its frames cannot
 * serve, and in the same way where what came while it was written was damaged, or told of sizes that it does not have.
 * Nothing is asked for beyond the memory of the first attempt but the chunks of a body.
 *
 * @throws what the first attempt fails with, where the second fails too.
 */
export async function writeInstance(
  sink: InstanceSink,
  target: InstanceToWrite,
  signal: AbortSignal,
): Promise<WrittenInstance> {
  try {
    return await writeOnce(sink, target.open, signal)
  } catch (error) {
    if (signal.aborted) throw error
    return await writeAgain(sink, target, { error, signal })
  } finally {
    target.open.close()
  }
}

async function writeAgain(
  sink: InstanceSink,
  { open, openWhole, received }: InstanceToWrite,
  { error, signal }: { readonly error: unknown; readonly signal: AbortSignal },
): Promise<WrittenInstance> {
  const code = errorCode(error)
  try {
    if (code === 'FRAME_SIZE_MISMATCH' || (received.hasStreamed && failuresOfStreams.has(code))) {
      return await writeOnce(sink, open, signal)
    }
    if (open.hasWholeInstance && failuresOfFrames.has(code)) return await writeWhole(sink, openWhole(), signal)
  } catch (secondError) {
    if (signal.aborted || isFatal(secondError)) throw secondError
  }
  throw error
}

async function writeWhole(sink: InstanceSink, open: OpenInstance, signal: AbortSignal): Promise<WrittenInstance> {
  try {
    const written = await writeOnce(sink, open, signal)
    return { ...written, notices: [...written.notices, wholeInstanceUsed] }
  } finally {
    open.close()
  }
}

const wholeInstanceUsed: InstanceNotice = {
  code: 'WHOLE_INSTANCE_USED',
  message: 'its frames could not be written; the file is as AHI gives whole instances',
  isLoss: false,
}

async function writeOnce(
  sink: InstanceSink,
  { instance, maxFrames, release }: OpenInstance,
  signal: AbortSignal,
): Promise<WrittenInstance> {
  const failures: unknown[] = []
  const onFailure = (error: unknown): void => void failures.push(error)
  const files = await sink.write(instance, { signal, maxFrames, onFailure })
  release()
  return { instance, files, notices: instance.notices, failures }
}
