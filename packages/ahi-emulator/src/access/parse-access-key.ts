import type { AccessKey } from './verify-signature.ts'

/**
 * Reads an access key as a command line has it: `ID:SECRET`, or `ID:SECRET:SESSION_TOKEN` of temporary credentials.
 * @throws {TypeError} for other text; its message does not repeat the secret
 */
export function parseAccessKey(text: string): AccessKey {
  const [accessKeyId = '', secretAccessKey = '', ...token] = text.split(':')
  if (accessKeyId === '' || secretAccessKey === '')
    throw new TypeError('Expected an access key to be given as ID:SECRET')
  return { accessKeyId, secretAccessKey, sessionToken: token.length === 0 ? undefined : token.join(':') }
}
