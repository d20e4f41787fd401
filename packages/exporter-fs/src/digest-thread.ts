/**
 * Runs in the threads of `createFolderDigester`.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads'
import { OutputError } from '@ahi-dicom/export-files'
import { errnoOf } from './file/file-system-error.ts'
import { createFileDigester } from './folder/digest-file.ts'
import type { DigestAnswer, DigestTask, DigestThreadOptions } from './folder/digest-messages.ts'

const { directory }: DigestThreadOptions = workerData
const digest = createFileDigester(directory)

parentPort?.on('message', (task: DigestTask) => {
  void answerOf(task).then((answer) => parentPort?.postMessage(answer, []))
})

async function answerOf({ id, path }: DigestTask): Promise<DigestAnswer> {
  try {
    return { id, digest: await digest(path) }
  } catch (error) {
    const code = errnoOf(error) ?? 'unknown error'
    const message = error instanceof Error ? error.message : String(error)
    return { id, failure: { isOutput: error instanceof OutputError, code, message } }
  }
}
