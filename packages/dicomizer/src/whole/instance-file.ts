import { InstanceFileError, type InstanceIdentity } from '../errors.ts'
import { requireInstanceFile } from '../frames/reader-answers.ts'
import type { InstanceFile, InstanceRequest, InstanceSource } from './instance-source.ts'

/**
 * Requests the file of an instance in a transfer syntax. If AHI cannot decode the instance (406), requests it in the
 * stored syntax.
 */
export async function getInstanceFile(source: InstanceSource, request: InstanceRequest): Promise<InstanceFile> {
  const get = async (wanted: InstanceRequest): Promise<InstanceFile> =>
    requireInstanceFile(await source.getDICOMInstance(wanted), wanted.sopInstanceUid)
  try {
    return await get(request)
  } catch (error) {
    request.signal?.throwIfAborted()
    if (request.transferSyntax === '*' || !isNotAcceptable(error)) throw error
    return get({ ...request, transferSyntax: '*' })
  }
}

function isNotAcceptable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('statusCode' in error && error.statusCode === 406) || ('code' in error && error.code === 'AHI_NOT_ACCEPTABLE')
}

/**
 * Yields the chunks of a file, except empty ones.
 *
 * @throws {InstanceFileError} at the end, if the number of bytes is not the stated one
 */
export async function* chunksOf(
  { data, byteLength }: InstanceFile,
  identity: InstanceIdentity,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0
  for await (const chunk of data) {
    signal?.throwIfAborted()
    received += chunk.length
    if (chunk.length > 0) yield chunk
  }
  signal?.throwIfAborted()
  if (byteLength === undefined || byteLength === received) return
  throw new InstanceFileError(identity, `it has ${received} bytes instead of ${byteLength}`)
}
