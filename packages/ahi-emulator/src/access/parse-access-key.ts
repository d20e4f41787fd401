import type { AccessKey } from './verify-signature.ts'

/**
 * Parses an access key from a command line: `ID:SECRET`, or `ID:SECRET:SESSION_TOKEN` for temporary credentials.
 * @throws {TypeError} if the text has another form; the message does not repeat the secret
 * @example
 * import { parseAccessKey, startEmulator } from '@ahi-dicom/ahi-emulator'
 *
 * await using ahi = await startEmulator({ authentication: { keys: [parseAccessKey('reader:secret')] } })
 */
export function parseAccessKey(text: string): AccessKey {
  const [accessKeyId = '', secretAccessKey = '', ...token] = text.split(':')
  if (accessKeyId === '' || secretAccessKey === '') throw new TypeError('Expected an access key of the form ID:SECRET')
  return { accessKeyId, secretAccessKey, sessionToken: token.length === 0 ? undefined : token.join(':') }
}
