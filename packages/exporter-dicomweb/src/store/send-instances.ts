import { ServiceFailure } from '@ahi-dicom/ahi-client/http'
import type { DestinationAnswer, OutputError } from '@ahi-dicom/export-files'
import type { ServerAnswer } from '../http/server-answer.ts'
import type { ServerConnection } from '../http/server-connection.ts'
import type { HeldInstance } from '../message/held-instance.ts'
import { storeMessage } from '../message/multipart.ts'
import { brokenUpload, refusedByStatus, refusedInstance, unmentionedInstance } from './instance-errors.ts'
import { readStoreAnswer, type StoreResults } from './read-answer.ts'
import { failureReason, warningReason } from './reasons.ts'
import { retryDelay, wait, type RetryOptions } from './retry-delay.ts'
import { failedConnection, failingServer, foreignAnswer, refusedRequest } from './server-errors.ts'

/** An instance on its way to a server. */
export interface InstanceToSend {
  readonly held: HeldInstance
  /** Path of its file as messages show it. */
  readonly path: string
  /** Aborts when no caller waits for the instance any more. */
  readonly signal: AbortSignal | undefined
  stored(answer: DestinationAnswer): void
  failed(error: unknown): void
}

/** After this many failed instances in a row, the server counts as failing. */
const mostFailuresInARow = 4

/** The connection and settings to send instances with. */
export interface Sender {
  readonly url: string
  readonly connection: ServerConnection
  readonly retry: RetryOptions
  /** Failed instances since the last result of the server. */
  failuresInARow: number
}

/** Statuses whose body has the result of each instance (PS3.18 10.5.3). */
const statusesWithResults: ReadonlySet<number> = new Set([200, 202, 409])
/** Temporary statuses: too many requests, a waiting gateway, an outage. */
const temporary: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504])
/** Most bytes of an answer, which grow with the number of instances. */
const answerBytes = { ofRequest: 64 * 1024, ofInstance: 16 * 1024 }

/**
 * Sends instances in one request, and reports the result to each. If a server refuses the whole request, it is sent in
 * halves until the refused instance is found. Never rejects.
 */
export async function sendInstances(
  sender: Sender,
  instances: readonly InstanceToSend[],
  signal: AbortSignal,
): Promise<void> {
  try {
    const answer = await answerTo(sender, instances, signal)
    const results = statusesWithResults.has(answer.statusCode) ? readStoreAnswer(answer.body) : undefined
    if (results !== undefined) {
      sender.failuresInARow = 0
      for (const instance of instances) tell(sender, instance, { answer, results })
    } else if (answer.statusCode < 300) throw foreignAnswer(sender.url, answer)
    else await takeApart(sender, instances, { answer, signal })
  } catch (error) {
    for (const instance of instances) instance.failed(error)
  }
}

async function takeApart(
  sender: Sender,
  instances: readonly InstanceToSend[],
  { answer, signal }: { readonly answer: ServerAnswer; readonly signal: AbortSignal },
): Promise<void> {
  const [first] = instances
  if (instances.length === 1 && first !== undefined) {
    const refused = refusedByStatus(refusedOf(sender, first), answer.statusCode)
    first.failed(refused.retryable ? failureInARow(sender, refused, failingServer(sender.url, answer)) : refused)
    return
  }
  const half = Math.ceil(instances.length / 2)
  await sendInstances(sender, instances.slice(0, half), signal)
  await sendInstances(sender, instances.slice(half), signal)
}

function tell(
  sender: Sender,
  instance: InstanceToSend,
  { answer, results }: { readonly answer: ServerAnswer; readonly results: StoreResults },
): void {
  const result = results.get(instance.held.sopInstanceUid)
  const refused = refusedOf(sender, instance)
  if (result === undefined) instance.failed(unmentionedInstance(refused, answer.statusCode))
  else if (result.kind === 'failed') instance.failed(refusedInstance(refused, failureReason(result.reason)))
  else if (result.warning === undefined) instance.stored({ status: String(answer.statusCode) })
  else {
    const { code, words } = warningReason(result.warning)
    instance.stored({ status: code, warning: words })
  }
}

/**
 * Returns the error for an instance that may succeed later. If the server failed at each of the last instances, the
 * server itself is failing: then returns the error that ends the export.
 */
function failureInARow(sender: Sender, ofInstance: OutputError, ofServer: OutputError): OutputError {
  sender.failuresInARow += 1
  return sender.failuresInARow < mostFailuresInARow ? ofInstance : ofServer
}

function refusedOf({ url }: Sender, { held, path }: InstanceToSend): Parameters<typeof refusedInstance>[0] {
  return { url, path, sopInstanceUid: held.sopInstanceUid, transferSyntaxUid: held.transferSyntaxUid }
}

/**
 * Sends a request, with repetitions, and returns the answer.
 *
 * @throws {OutputError} if the server refuses everything, cannot be reached, or keeps failing
 */
async function answerTo(
  sender: Sender,
  instances: readonly InstanceToSend[],
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const { url, connection, retry } = sender
  const streamed = instances.find(({ held }) => held.rest !== undefined)
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptTo(sender, instances, signal)
    const { answer } = outcome
    const mayRepeat = attempt < retry.maxAttempts
    if (answer !== undefined) {
      if (answer.statusCode === 401 && attempt === 1 && connection.refused()) {
        if (streamed === undefined) continue
        const why = 'the server no longer accepts the token (401)'
        const broken = brokenUpload(refusedOf(sender, streamed), { why })
        throw failureInARow(sender, broken, refusedRequest(url, answer) ?? broken)
      }
      const refusal = refusedRequest(url, answer)
      if (refusal !== undefined) throw refusal
      // A server that fails at one request may accept its halves.
      const isOver = answer.statusCode < 500 || (answer.statusCode === 500 && instances.length > 1)
      if (!temporary.has(answer.statusCode) && isOver) return answer
    }
    const error = errorOf(url, outcome)
    if (streamed !== undefined && error.retryable) {
      const why = outcome.failure?.message ?? `the server answers ${answer?.statusCode}`
      const broken = brokenUpload(refusedOf(sender, streamed), { why, cause: outcome.failure })
      throw failureInARow(sender, broken, error)
    }
    const delay = mayRepeat && error.retryable ? retryDelay(attempt, { ...retry, answer }) : undefined
    if (delay === undefined) {
      if (answer !== undefined && !temporary.has(answer.statusCode)) return answer
      throw error
    }
    await wait(delay, signal)
  }
}

type Outcome =
  | { readonly answer: ServerAnswer; readonly failure?: undefined }
  | { readonly answer?: undefined; readonly failure: ServiceFailure }

async function attemptTo(
  { connection }: Sender,
  instances: readonly InstanceToSend[],
  signal: AbortSignal,
): Promise<Outcome> {
  const { contentType, byteLength, body } = storeMessage(instances.map(({ held }) => held))
  try {
    const answer = await connection.send(
      {
        method: 'POST',
        path: '/studies',
        headers: { accept: 'application/dicom+json', 'content-type': contentType },
        body,
        byteLength,
        maxAnswerBytes: answerBytes.ofRequest + instances.length * answerBytes.ofInstance,
      },
      signal,
    )
    return { answer }
  } catch (error) {
    if (error instanceof ServiceFailure) return { failure: error }
    throw error
  }
}

function errorOf(url: string, { answer, failure }: Outcome): OutputError {
  return answer === undefined ? failedConnection(url, failure) : failingServer(url, answer)
}
