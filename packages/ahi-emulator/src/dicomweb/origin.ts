import type { OperationRequest } from '../operation/operation.ts'

/**
 * Where the client reached the emulator, for URLs in answers. Some clients leave the port out of the Host header (Python's
 * dicomweb-client): it is that of the server then.
 */
export function originOf({ headers, port }: Pick<OperationRequest, 'headers' | 'port'>): string {
  const { host = 'localhost' } = headers
  const hasPort = /:\d+$/.test(host) || port === undefined || port === 80
  return `http://${host}${hasPort ? '' : `:${port}`}`
}
