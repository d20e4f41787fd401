import { OutputError } from '@ahi-dicom/export-files'
import type { Reason } from './reasons.ts'

/** An instance that a server did not take. */
export interface RefusedInstance {
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  /** Path of its file, as messages show it. */
  readonly path: string
  /** URL of the server. */
  readonly url: string
}

const decodedPixels = "ask for decoded pixels (transfer syntax 'explicit'), or allow that there"

/** Returns the error of an instance that the server names as failed. */
export function refusedInstance(instance: RefusedInstance, reason: Reason): OutputError {
  const { words, code, isPassing, isOfTransferSyntax, isOfPresence } = reason
  const why = isOfTransferSyntax ? `${words} (${code}, ${instance.transferSyntaxUid})` : `${words} (${code})`
  const advice = isOfTransferSyntax
    ? decodedPixels
    : isPassing
      ? 'resume when it has room'
      : isOfPresence
        ? 'compare it with the one that the server has, which may differ'
        : 'look into the log of the server'
  return error(instance, { why: `the server says ${why}`, advice, isPassing })
}

/** Returns the error of an instance whose request was refused by a status of HTTP. */
export function refusedByStatus(instance: RefusedInstance, statusCode: number): OutputError {
  const { transferSyntaxUid } = instance
  if (statusCode === 415 || statusCode === 406) {
    const why = `the server does not take its form (${statusCode}, transfer syntax ${transferSyntaxUid})`
    return error(instance, { why, advice: decodedPixels, isPassing: false })
  }
  if (statusCode === 413) {
    return error(instance, {
      why: 'it is larger than the server takes (413)',
      advice: 'raise the limit of the server or of the proxy before it',
      isPassing: false,
    })
  }
  const isPassing = statusCode >= 500
  return error(instance, {
    why: `the server answers ${statusCode}`,
    advice: isPassing ? 'look into the log of the server, then resume' : 'look into the log of the server',
    isPassing,
  })
}

/** Returns the error of an instance of which the answer says nothing. */
export function unmentionedInstance(instance: RefusedInstance, statusCode: number): OutputError {
  const why = `the answer (${statusCode}) does not say what became of it`
  return error(instance, { why, advice: 'look whether the server has it, then resume', isPassing: true })
}

/** Returns the error of an instance whose bytes are made while they are sent, and cannot be sent again. */
export function brokenUpload(instance: RefusedInstance, { why, cause }: { why: string; cause?: unknown }): OutputError {
  return error(instance, { why, advice: 'resume, which sends it again', isPassing: true, cause })
}

/** Returns the error of an instance that is too large to be signed. */
export function unsignableInstance(instance: RefusedInstance, byteLength: number): OutputError {
  const why = `it is larger than ${byteLength} bytes, and a signed request is held in memory`
  return error(instance, { why, advice: 'use another way of authentication, or an import job', isPassing: false })
}

interface Explanation {
  readonly why: string
  readonly advice: string
  readonly isPassing: boolean
  readonly cause?: unknown
}

function error(
  { sopInstanceUid, path, url }: RefusedInstance,
  { why, advice, isPassing, cause }: Explanation,
): OutputError {
  const message = `Cannot store instance ${sopInstanceUid} at "${url}": ${why}; ${advice}`
  return new OutputError('OUTPUT_FILE_REFUSED', message, { path, retryable: isPassing, cause })
}
