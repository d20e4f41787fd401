import { ServiceFailure } from '@ahi-dicom/ahi-client/http'
import type { ServerAnswer } from '../http/server-answer.ts'
import { createServerConnection, type ServerConnection, type ServerRequest } from '../http/server-connection.ts'
import { storeMessage } from '../message/multipart.ts'
import { failedConnection, failingServer, foreignAnswer, refusedRequest } from '../store/server-errors.ts'
import type { DicomwebOptions } from './dicomweb-options.ts'

/**
 * Checks a server by a search for one study, which shows that it answers and accepts the credentials. If it does not
 * answer searches, sends a request that stores no instance. Returns what the check leaves open.
 *
 * @throws {OutputError} if the server cannot be reached, or refuses this user
 */
export async function checkServer(
  options: DicomwebOptions,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const { url } = options
  const connection = createServerConnection({ settings: options, maxConnections: 1 })
  try {
    const search = await ask(connection, { url, request: searchRequest, signal })
    if (search.statusCode < 300) {
      const type = search.headers['content-type'] ?? ''
      if (search.statusCode !== 204 && !/json|xml|multipart/iu.test(type)) throw foreignAnswer(url, search)
      return ['It answers searches. The first instance will show whether it accepts instances.', ...risks(url)]
    }
    if (search.statusCode === 401) throw refusedOf(url, search)
    const { contentType, body } = storeMessage([])
    const headers = { accept: 'application/dicom+json', 'content-type': contentType }
    const parts = [...(Symbol.asyncIterator in body ? [] : body)]
    const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0)
    const request: ServerRequest = {
      method: 'POST',
      path: '/studies',
      headers,
      body: parts,
      byteLength,
      maxAnswerBytes,
    }
    const store = await ask(connection, { url, request, signal })
    const refusal = refusedRequest(url, store)
    if (refusal !== undefined) throw refusal
    const known =
      store.statusCode < 300
        ? `It answers no searches (${search.statusCode}), but it answers requests to store.`
        : `It refuses searches (${search.statusCode}), and a request to store nothing (${store.statusCode}).`
    return [`${known} The first instance will show whether it accepts instances.`, ...risks(url)]
  } finally {
    connection.close()
  }
}

/** Returns warnings about the transport of instances to another machine. */
function risks(url: string): readonly string[] {
  const { protocol, hostname } = new URL(url)
  if (protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/u.test(hostname)) return []
  return ['The URL is http: instances and passwords are not encrypted in transit.']
}

/** Most bytes of the answer. A study takes some kilobytes. It is not read, because it names a patient. */
const maxAnswerBytes = 2 ** 20

const searchRequest: ServerRequest = {
  method: 'GET',
  path: '/studies?limit=1',
  headers: { accept: 'application/dicom+json' },
  body: [],
  byteLength: undefined,
  maxAnswerBytes,
}

interface CheckRequest {
  readonly url: string
  readonly request: ServerRequest
  readonly signal: AbortSignal | undefined
}

async function ask(connection: ServerConnection, { url, request, signal }: CheckRequest): Promise<ServerAnswer> {
  try {
    const answer = await connection.send(request, signal)
    if (answer.statusCode >= 500 && answer.statusCode !== 501) throw failingServer(url, answer)
    return answer
  } catch (error) {
    throw error instanceof ServiceFailure ? failedConnection(url, error) : error
  }
}

function refusedOf(url: string, answer: ServerAnswer): Error {
  return refusedRequest(url, answer) ?? failingServer(url, answer)
}
