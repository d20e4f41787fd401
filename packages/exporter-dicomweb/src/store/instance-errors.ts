import { OutputError } from '@ahi-dicom/export-files'
import type { Reason } from './reasons.ts'

/** An instance that a server did not accept. */
export interface RefusedInstance {
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  /** Path of its file, as messages show it. */
  readonly path: string
  /** URL of the server. */
  readonly url: string
}

const decodedPixels = "export decoded pixels (transfer syntax 'explicit'), or allow this transfer syntax at the server"

/** Returns the error for an instance that the server reports as failed. */
export function refusedInstance(instance: RefusedInstance, reason: Reason): OutputError {
  const { words, code, isTemporary, isTransferSyntax, isDuplicate } = reason
  const why = isTransferSyntax ? `${words} (${code}, ${instance.transferSyntaxUid})` : `${words} (${code})`
  const advice = isTransferSyntax
    ? decodedPixels
    : isTemporary
      ? 'resume when it has room'
      : isDuplicate
        ? 'compare it with the instance at the server, which may differ'
        : 'read the log of the server'
  return error(instance, { why: `the server says ${why}`, advice, isTemporary })
}

/** Returns the error for an instance whose request was refused by an HTTP status. */
export function refusedByStatus(instance: RefusedInstance, statusCode: number): OutputError {
  const { transferSyntaxUid } = instance
  if (statusCode === 415 || statusCode === 406) {
    const why = `the server does not accept its form (${statusCode}, transfer syntax ${transferSyntaxUid})`
    return error(instance, { why, advice: decodedPixels, isTemporary: false })
  }
  if (statusCode === 413) {
    return error(instance, {
      why: 'it is larger than the server accepts (413)',
      advice: 'raise the limit of the server or of its proxy',
      isTemporary: false,
    })
  }
  const isTemporary = statusCode >= 500
  return error(instance, {
    why: `the server answers ${statusCode}`,
    advice: isTemporary ? 'read the log of the server, then resume' : 'read the log of the server',
    isTemporary,
  })
}

/** Returns the error for an instance that the answer does not mention. */
export function unmentionedInstance(instance: RefusedInstance, statusCode: number): OutputError {
  const why = `the answer (${statusCode}) does not mention it`
  return error(instance, { why, advice: 'check whether the server has it, then resume', isTemporary: true })
}

/** Returns the error for an instance that was streamed and cannot be sent again. */
export function brokenUpload(instance: RefusedInstance, { why, cause }: { why: string; cause?: unknown }): OutputError {
  return error(instance, { why, advice: 'resume, which sends it again', isTemporary: true, cause })
}

/** Returns the error for an instance that is too large to be signed. */
export function unsignableInstance(instance: RefusedInstance, byteLength: number): OutputError {
  const why = `it is larger than ${byteLength} bytes, and a signed request is held in memory`
  return error(instance, { why, advice: 'use another way of authentication, or an import job', isTemporary: false })
}

interface Explanation {
  readonly why: string
  readonly advice: string
  readonly isTemporary: boolean
  readonly cause?: unknown
}

function error(
  { sopInstanceUid, path, url }: RefusedInstance,
  { why, advice, isTemporary, cause }: Explanation,
): OutputError {
  const message = `Cannot store instance ${sopInstanceUid} at "${url}": ${why}; ${advice}`
  return new OutputError('OUTPUT_FILE_REFUSED', message, { path, retryable: isTemporary, cause })
}
